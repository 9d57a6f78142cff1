import { createSocket, type Socket as DatagramSocket } from 'node:dgram'
import { closeSync } from 'node:fs'
import { createServer, isIPv6, type AddressInfo, type Server, type Socket } from 'node:net'
import { openSocketInside } from '@moby/lib-linux/socket-inside'
import type { SandboxPorts } from './sandbox-state.ts'
import { FrameReader, frame } from './tcp-frame.ts'

/** 53, and where to go when a server of the host has it on all addresses. */
const ports = [53, 1053, 2053, 3053, 4053, 5053, 6053, 7053, 8053, 9053]
const connectionLimit = 128
const idleTimeout = 10_000

/** Answers one message that came from an address; undefined: no answer at all. */
export type Answerer = (message: Buffer, from: string, overTcp: boolean) => Promise<Buffer | undefined>

/** UDP and TCP on one address: of the host, on the same port, or in a sandbox. */
export class Listener {
  readonly ports: SandboxPorts
  readonly #datagrams: DatagramSocket
  readonly #server: Server
  readonly #connections = new Set<Socket>()

  private constructor(datagrams: DatagramSocket, server: Server, answer: Answerer) {
    this.ports = { udp: datagrams.address().port, tcp: (server.address() as AddressInfo).port }
    this.#datagrams = datagrams
    this.#server = server
    datagrams.on('error', () => undefined)
    datagrams.on('message', (message, from) => {
      void answer(message, from.address, false).then((reply) =>
        reply === undefined ? undefined : datagrams.send(reply, from.port, from.address, () => undefined),
      )
    })
    server.maxConnections = connectionLimit
    server.on('connection', (socket) => this.#serve(socket, answer))
  }

  /** Fails with the error of the bind, but takes another port when port 53 is in use. */
  static async open(address: string, answer: Answerer): Promise<Listener> {
    let failure: unknown
    for (const port of ports) {
      const datagrams = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
      const server = createServer()
      try {
        await bound(datagrams, () => datagrams.bind({ port, address, exclusive: true }))
        await bound(server, () => server.listen({ port, host: address, exclusive: true }))
        return new Listener(datagrams, server, answer)
      } catch (error) {
        failure = error
        datagrams.close()
        server.close()
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') break
      }
    }
    throw failure
  }

  /** Listens in another network namespace; fails with HOST_SYSTEM_CALL, EADDRINUSE for a port that is taken. */
  static async openInside(
    namespace: string,
    place: { readonly address: string; readonly ports: SandboxPorts },
    answer: Answerer,
  ): Promise<Listener> {
    const { address, ports: wanted } = place
    const inside = (protocol: 'udp' | 'tcp') =>
      openSocketInside({ namespace, protocol, family: 4, at: { address, port: wanted[protocol] } })
    const udp = inside('udp')
    const tcp = orClose(udp, () => inside('tcp'))
    const datagrams = createSocket('udp4')
    const server = createServer()
    await Promise.all([
      bound(datagrams, () => datagrams.bind({ fd: udp, exclusive: true })),
      bound(server, () => server.listen({ fd: tcp, exclusive: true })),
    ])
    return new Listener(datagrams, server, answer)
  }

  close(): void {
    this.#datagrams.close()
    this.#server.close()
    for (const socket of this.#connections) socket.destroy()
  }

  #serve(socket: Socket, answer: Answerer): void {
    const reader = new FrameReader()
    this.#connections.add(socket)
    socket.setTimeout(idleTimeout, () => socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#connections.delete(socket))
    socket.on('data', (chunk) => {
      for (const message of reader.push(chunk)) {
        void answer(message, socket.remoteAddress ?? '', true).then((reply) =>
          reply === undefined ? socket.destroy() : socket.write(frame(reply)),
        )
      }
    })
  }
}

function orClose<T>(descriptor: number, open: () => T): T {
  try {
    return open()
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

function bound(socket: DatagramSocket | Server, bind: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('listening', () => {
      socket.removeListener('error', reject)
      resolve()
    })
    bind()
  })
}
