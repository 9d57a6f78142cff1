import type { Logger } from '@moby/contracts'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { invalidRequest } from '../wire/api-error.ts'
import { readBody } from '../wire/read-body.ts'
import { checkHead } from './check-head.ts'
import type { Dispatcher } from './dispatcher.ts'
import { errorAnswer } from './error-answer.ts'
import { certificatesOf, type Identify } from './peer-principals.ts'
import { RawConnection } from './raw-connection.ts'
import { answerOn, rawHead, refuseOn } from './raw-head.ts'
import type { Answer, Headers } from './route.ts'
import { readUpgradeBody } from './upgrade-body.ts'
import { openWebSocket } from './web-socket.ts'

export interface UpgradeParts {
  readonly dispatcher: Dispatcher
  readonly identify: Identify
  readonly commonHeaders: () => Headers
  readonly log: Logger
}

/**
 * Serves a request that asks for an upgrade: errors and ordinary answers as HTTP, and a raw answer by 101 and bytes
 * both ways. Never fails.
 */
export async function serveUpgrade(
  parts: UpgradeParts,
  message: IncomingMessage,
  socket: Socket,
  head: Buffer,
): Promise<void> {
  const connection = new RawConnection(socket)
  let opened = false
  try {
    const answer = await dispatch(parts, message, socket, head, connection)
    if (answer.kind === 'upgrade') {
      opened = true
      connection.release()
      socket.write(rawHead('101 UPGRADED', { Connection: 'Upgrade', Upgrade: answer.protocol }))
      await answer.run(socket)
      return
    }
    if (answer.kind === 'websocket') {
      const webSocket = await openWebSocket(message, socket, answer.binary)
      opened = true
      connection.become(webSocket.messages())
      await answer.run(webSocket)
      await webSocket.close()
      return
    }
    if (answer.kind !== 'raw') {
      answerOrdinary(socket, answer, parts.commonHeaders())
      return
    }
    const common = answer.commonHeaders ? parts.commonHeaders() : {}
    const headers = { 'Content-Type': answer.contentType, Connection: 'Upgrade', Upgrade: 'tcp', ...common }
    opened = true
    connection.open(rawHead('101 UPGRADED', headers))
    await answer.run(connection)
    connection.end()
  } catch (error) {
    if (connection.signal.aborted) return
    if (!opened) {
      const { status, message: text } = errorAnswer(error, parts.log)
      refuseOn(socket, status, text, parts.commonHeaders())
      return
    }
    const reason = error instanceof Error ? error.message : String(error)
    parts.log.warn('A raw connection to a client broke', { uri: message.url, reason })
    connection.end()
  }
}

async function dispatch(
  parts: UpgradeParts,
  message: IncomingMessage,
  socket: Socket,
  head: Buffer,
  connection: RawConnection,
): Promise<Answer> {
  checkHead(message)
  const principal = await parts.identify(socket)
  const body = await readBody(whole(readUpgradeBody(message, socket, head)))
  const { answer } = await parts.dispatcher.handle(
    {
      method: message.method ?? '',
      uri: message.url ?? '',
      headers: message.headers,
      body: whole(Promise.resolve(body)),
      bodyLength: body.length,
      input: connection.input(),
      signal: connection.signal,
      ...certificatesOf(socket),
    },
    principal,
  )
  return answer
}

type Ordinary = Exclude<Answer, { kind: 'raw' | 'upgrade' | 'websocket' }>

/** A detached exec asks for an upgrade too, and gets none. */
function answerOrdinary(socket: Socket, answer: Ordinary, common: Headers): void {
  if (answer.kind === 'stream') throw invalidRequest('this request cannot be answered on an upgraded connection')
  const body = answer.kind === 'empty' ? '' : answer.kind === 'json' ? `${JSON.stringify(answer.body)}\n` : answer.body
  const type = body === '' ? {} : { 'Content-Type': answer.kind === 'json' ? 'application/json' : 'text/plain' }
  const status = `${answer.status} ${answer.status === 204 ? 'No Content' : 'OK'}`
  answerOn(socket, { status, headers: { ...common, ...type, ...answer.headers }, body })
}

async function* whole(bytes: Promise<Buffer>): AsyncGenerator<Uint8Array> {
  yield await bytes
}
