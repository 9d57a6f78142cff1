import { since } from '../../compat/shapes.ts'
import { checkHandshake } from '../../server/check-handshake.ts'
import { prime } from '../../server/prime.ts'
import type { Route } from '../../server/route.ts'
import { writeOutput } from '../write-output.ts'
import { readAttachRequest } from './attach-request.ts'

/**
 * Attaches over a WebSocket. Output comes as it is, of both streams and with a terminal or without: nothing tells
 * which stream a message is of, as with dockerd.
 */
export const attachContainerByWebSocket: Route = {
  method: 'GET',
  path: '/containers/{name}/attach/ws',
  hijack: true,
  async handle(request) {
    const wanted = readAttachRequest(request, 'websocket')
    await request.allow('containers.attach', wanted)
    const container = await request.trusted.containers.inspect({ ref: wanted.ref })
    checkHandshake(request.headers)
    const stdin = wanted.stdin && container.spec.openStdin === true
    const output = request.trusted.containers.attach(wanted, stdin ? request.input : nothing(), {
      signal: request.signal,
    })
    const rest = await prime(output)
    return {
      kind: 'websocket',
      binary: request.version >= since.webSocketBinary,
      async run(connection) {
        if (!stdin) connection.discardInput()
        await writeOutput(rest, connection, true)
      },
    }
  },
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
