import { connect, createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import type { OpenRelay, RelayPlace } from './port-relays.ts'

/** Carries connections to a port of the host on to a container. Fails with the error of the bind. */
export async function openStreamRelay(place: RelayPlace): Promise<OpenRelay> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) => {
    const target = connect({ host: place.address, port: place.port, allowHalfOpen: true, noDelay: true })
    for (const [one, other] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(one)
      // What fails on one side is told to the other as the kernel would: by a reset.
      one.on('error', () => other.resetAndDestroy())
      one.on('close', () => sockets.delete(one))
    }
    target.once('connect', () => {
      client.pipe(target)
      target.pipe(client)
    })
  })
  // An answer for each connection that cannot be taken would fill the log; the client sees it anyway.
  server.listen({ host: place.hostIp, port: place.hostPort, ipv6Only: true, exclusive: true })
  await once(server, 'listening')
  server.on('error', () => undefined)
  return {
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
