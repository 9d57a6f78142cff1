import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import type { OpenRelay, RelayPlace } from './port-relays.ts'

/** As long as a client is silent, its answers still find it. */
const idleTimeout = 90_000
const flowLimit = 1024

interface Flow {
  readonly socket: Socket
  readonly timer: NodeJS.Timeout
}

/** Carries datagrams to a port of the host on to a container, and answers back. Fails with the error of the bind. */
export async function openDatagramRelay(place: RelayPlace): Promise<OpenRelay> {
  const flows = new Map<string, Flow>()
  const server = createSocket({ type: isIPv6(place.hostIp) ? 'udp6' : 'udp4', ipv6Only: isIPv6(place.hostIp) })
  const end = (key: string) => {
    const flow = flows.get(key)
    if (flow === undefined) return
    flows.delete(key)
    clearTimeout(flow.timer)
    flow.socket.close()
  }
  /** A socket of its own for each client: the container tells clients apart by their ports. */
  const begin = (key: string, address: string, port: number): Flow => {
    const socket = createSocket(isIPv6(place.address) ? 'udp6' : 'udp4')
    socket.on('error', () => end(key))
    socket.on('message', (answer, from) => {
      if (from.port === place.port && from.address === place.address) server.send(answer, port, address)
    })
    return { socket, timer: setTimeout(() => end(key), idleTimeout).unref() }
  }
  server.bind({ address: place.hostIp, port: place.hostPort, exclusive: true })
  await once(server, 'listening')
  server.on('error', () => undefined)
  server.on('message', (message, { address, port }) => {
    const key = `${address} ${port}`
    const flow = flows.get(key) ?? begin(key, address, port)
    // The one that was silent longest stands first.
    flows.delete(key)
    flows.set(key, flow)
    flow.timer.refresh()
    flow.socket.send(message, place.port, place.address)
    const [oldest] = flows.size > flowLimit ? flows.keys() : []
    if (oldest !== undefined) end(oldest)
  })
  return {
    close() {
      for (const key of flows.keys()) end(key)
      server.close()
    },
  }
}
