import type { Logger } from '@moby/contracts'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { once } from 'node:events'
import { chmod, chown } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { invalidRequest } from '../wire/api-error.ts'
import { readBody } from '../wire/read-body.ts'
import type { Dispatcher } from './dispatcher.ts'
import { errorAnswer } from './error-answer.ts'
import type { Guard } from './guard.ts'
import type { Identify } from './peer-principals.ts'
import { RawConnection } from './raw-connection.ts'
import type { Answer, Headers } from './route.ts'
import { takeSocketPath } from './take-socket-path.ts'
import { readUpgradeBody } from './upgrade-body.ts'
import { writeStream } from './write-stream.ts'

type RawAnswer = Extract<Answer, { kind: 'raw' }>

/** Milliseconds for the headers of a request: slow senders hold a connection no longer. */
const headersTimeout = 20_000
/** Connections at once; more are closed at once instead of taking the process's last descriptors. */
const maxConnections = 8192

export interface ApiServerParts {
  readonly dispatcher: Dispatcher
  readonly identify: Identify
  /** Headers of every answer. */
  readonly commonHeaders: () => Headers
  readonly log: Logger
}

/** The API on one Unix socket: HTTP by fastify, and raw connections for attach and exec. */
export class ApiServer {
  readonly app: FastifyInstance
  readonly #parts: ApiServerParts
  readonly #raw = new Set<Socket>()

  constructor(parts: ApiServerParts) {
    this.#parts = parts
    this.app = fastify({
      logger: false,
      exposeHeadRoutes: false,
      // A container may print nothing for a week while its logs are followed, and an image may take long to send.
      requestTimeout: 0,
      connectionTimeout: 0,
      http: {
        headersTimeout,
        maxHeaderSize: 64 * 1024,
        shouldUpgradeCallback: (request: IncomingMessage) => this.#isHijack(request),
      },
      frameworkErrors: (error, _request, reply) => {
        this.#sendError(reply, invalidRequest(error.message, error))
      },
      clientErrorHandler: (_error, socket) => refuse(socket, 400, 'malformed HTTP request', {}),
    })
    this.#configure()
  }

  /** Listens with these rights. Fails with API_SOCKET_IN_USE or API_SOCKET_INVALID. */
  async listen(path: string, rights: { mode: number; gid?: number | undefined }): Promise<void> {
    await takeSocketPath(path)
    await this.app.ready()
    const { server } = this.app
    // Nobody but the owner may connect before the rights are set.
    const umask = process.umask(0o177)
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(path, () => {
          server.off('error', reject)
          resolve()
        })
      })
    } finally {
      process.umask(umask)
    }
    if (rights.gid !== undefined) await chown(path, -1, rights.gid)
    await chmod(path, rights.mode)
  }

  /** Ends every connection; the socket is gone afterwards. */
  async close(): Promise<void> {
    const { server } = this.app
    const closed = server.listening ? once(server, 'close') : undefined
    server.close()
    server.closeAllConnections()
    for (const socket of this.#raw) socket.destroy()
    await closed
    await this.app.close()
  }

  #configure(): void {
    const { app } = this
    app.server.maxConnections = maxConnections
    // Clients keep connections for later; a server that closes idle ones makes their next request fail.
    app.server.keepAliveTimeout = 0
    // Before fastify looks at bodies: the handler knows whether it wants JSON or an archive, and which limit holds.
    // Routes are matched by the router of this package, as names hold slashes and upgrades come past fastify.
    app.addHook('onRequest', async (request, reply) => {
      await this.#serve(request, reply)
      return reply
    })
    app.setErrorHandler((error, _request, reply) => {
      this.#sendError(
        reply,
        'statusCode' in (error as object) ? invalidRequest((error as Error).message, error) : error,
      )
    })
    app.server.on('upgrade', (message: IncomingMessage, socket: Socket, head: Buffer) => {
      void this.#upgrade(message, socket, head)
    })
  }

  #isHijack(message: IncomingMessage): boolean {
    try {
      return this.#parts.dispatcher.find(message.method ?? '', message.url ?? '').route.hijack === true
    } catch {
      return false
    }
  }

  async #serve(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { raw } = request
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    try {
      const principal = await this.#parts.identify(raw.socket)
      const { answer, guard } = await this.#parts.dispatcher.handle(
        {
          method: raw.method ?? '',
          uri: raw.url ?? '',
          headers: raw.headers,
          body: raw,
          bodyLength: lengthOf(raw),
          input: raw,
          signal: gone.signal,
        },
        principal,
      )
      await this.#send(reply, answer, guard, gone.signal)
    } catch (error) {
      if (!reply.sent) this.#sendError(reply, error)
      else if (!gone.signal.aborted) {
        this.#logBroken(raw, error)
        reply.raw.socket?.destroySoon()
      }
    }
  }

  async #send(reply: FastifyReply, answer: Answer, guard: Guard, signal: AbortSignal): Promise<void> {
    const common = this.#parts.commonHeaders()
    switch (answer.kind) {
      case 'stream':
        reply.hijack()
        await writeStream(reply.raw, answer.status, { ...common, ...answer.headers }, answer.body)
        return
      case 'raw':
        await serveWithoutUpgrade(reply, answer, common, signal)
        return
      case 'empty':
        await guard.allowAnswer({ status: answer.status, headers: answer.headers ?? {}, body: new Uint8Array() })
        await reply
          .code(answer.status)
          .headers({ ...common, ...answer.headers })
          .send()
        return
      default: {
        const type = answer.kind === 'json' ? 'application/json' : 'text/plain; charset=utf-8'
        const text = answer.kind === 'json' ? `${JSON.stringify(answer.body)}\n` : answer.body
        const headers = { ...common, 'content-type': type, ...answer.headers }
        if (guard.active) await guard.allowAnswer({ status: answer.status, headers, body: Buffer.from(text) })
        await reply.code(answer.status).headers(headers).send(Buffer.from(text))
      }
    }
  }

  #sendError(reply: FastifyReply, error: unknown): void {
    const { status, message } = errorAnswer(error, this.#parts.log)
    void reply.code(status).headers({ ...this.#parts.commonHeaders(), 'content-type': 'application/json' })
    // The rest of a body that nobody reads must not be taken for the next request.
    if (!reply.request.raw.complete) void reply.header('connection', 'close')
    void reply.send(Buffer.from(`${JSON.stringify({ message })}\n`))
  }

  async #upgrade(message: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const connection = new RawConnection(socket)
    this.#raw.add(socket)
    socket.once('close', () => this.#raw.delete(socket))
    let opened = false
    try {
      const principal = await this.#parts.identify(socket)
      const body = await readBody(whole(readUpgradeBody(message, socket, head)))
      const { answer } = await this.#parts.dispatcher.handle(
        {
          method: message.method ?? '',
          uri: message.url ?? '',
          headers: message.headers,
          body: whole(Promise.resolve(body)),
          bodyLength: body.length,
          input: connection.input(),
          signal: connection.signal,
        },
        principal,
      )
      if (answer.kind !== 'raw') {
        await this.#answerUpgrade(socket, answer)
        return
      }
      const common = answer.commonHeaders ? this.#parts.commonHeaders() : {}
      opened = true
      connection.open(
        rawHead('101 UPGRADED', {
          'Content-Type': answer.contentType,
          Connection: 'Upgrade',
          Upgrade: 'tcp',
          ...common,
        }),
      )
      await answer.run(connection)
      connection.end()
    } catch (error) {
      if (connection.signal.aborted) return
      if (opened) {
        this.#logBroken(message, error)
        connection.end()
        return
      }
      const { status, message: text } = errorAnswer(error, this.#parts.log)
      refuse(socket, status, text, this.#parts.commonHeaders())
    }
  }

  /** An ordinary answer to a request that would have taken an upgrade (exec with Detach). */
  async #answerUpgrade(socket: Socket, answer: Exclude<Answer, RawAnswer>): Promise<void> {
    if (answer.kind === 'stream') throw invalidRequest('this request cannot be answered on an upgraded connection')
    const body =
      answer.kind === 'empty' ? '' : answer.kind === 'json' ? `${JSON.stringify(answer.body)}\n` : answer.body
    const headers = {
      ...this.#parts.commonHeaders(),
      ...(body === '' ? {} : { 'Content-Type': 'application/json' }),
      ...answer.headers,
      Connection: 'close',
      'Content-Length': String(Buffer.byteLength(body)),
    }
    socket.end(rawHead(`${answer.status} ${answer.status === 204 ? 'No Content' : 'OK'}`, headers) + body)
  }

  #logBroken(message: IncomingMessage, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    this.#parts.log.warn('A stream to a client broke', { method: message.method, uri: message.url, reason })
  }
}

/**
 * Clients that ask for no upgrade get output that ends with the connection; what they send as the body of the request
 * is input.
 */
async function serveWithoutUpgrade(
  reply: FastifyReply,
  answer: RawAnswer,
  common: Headers,
  signal: AbortSignal,
): Promise<void> {
  reply.hijack()
  const response = reply.raw
  response.useChunkedEncodingByDefault = false
  response.shouldKeepAlive = false
  response.writeHead(200, { ...common, 'content-type': 'application/vnd.docker.raw-stream' })
  response.flushHeaders()
  await answer.run({
    discardInput: () => reply.request.raw.resume(),
    write: async (data) => {
      if (response.write(data)) return
      await new Promise<void>((resolve, reject) => {
        const stop = () => {
          response.off('drain', next)
          reject(invalidRequest('the client has closed the connection'))
        }
        const next = () => {
          signal.removeEventListener('abort', stop)
          resolve()
        }
        response.once('drain', next)
        signal.addEventListener('abort', stop, { once: true })
      })
    },
  })
  response.end()
}

/** Bytes of the body that a request announces; undefined for chunks. */
function lengthOf(message: IncomingMessage): number | undefined {
  if (message.headers['transfer-encoding'] !== undefined) return undefined
  return Number(message.headers['content-length'] ?? 0)
}

async function* whole(bytes: Promise<Buffer>): AsyncGenerator<Uint8Array> {
  yield await bytes
}

function rawHead(status: string, headers: Headers): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`
}

/** Answers an error on a socket that has no response object. */
function refuse(socket: Socket, status: number, message: string, common: Headers): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const body = `${JSON.stringify({ message })}\n`
  const headers = {
    ...common,
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  }
  socket.end(rawHead(`${status} Error`, headers) + body, () => socket.destroy())
}
