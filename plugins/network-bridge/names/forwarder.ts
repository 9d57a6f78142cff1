import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import { FrameReader, frame } from './tcp-frame.ts'

const timeout = 2_000
const limit = 512

/** `10.0.0.1`, or with a port `10.0.0.1#5353` and `fe80::1#5353`. */
function parseServer(server: string): { host: string; port: number } {
  const [host = '', port = '53'] = server.split('#')
  return { host, port: Number(port) }
}

/** Passes queries on to other name servers as they are, except for their number, and the answers back. */
export class Forwarder {
  #running = 0

  /** The answer of the first server that gives one. Undefined when none does, or when too many are asking. */
  async ask(message: Buffer, servers: readonly string[], overTcp: boolean): Promise<Buffer | undefined> {
    if (this.#running >= limit) return undefined
    this.#running++
    try {
      for (const server of servers) {
        const answer = await (overTcp ? askTcp(message, server) : askUdp(message, server))
        if (answer !== undefined) return answer
      }
      return undefined
    } finally {
      this.#running--
    }
  }
}

/** A socket of its own for each query gives it a port that nobody can guess. */
function askUdp(message: Buffer, server: string): Promise<Buffer | undefined> {
  const { host, port } = parseServer(server)
  const query = renumbered(message)
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
    const timer = setTimeout(() => finish(undefined), timeout)
    const finish = (answer: Buffer | undefined) => {
      clearTimeout(timer)
      socket.removeAllListeners('message').close()
      resolve(answer)
    }
    socket.on('error', () => finish(undefined))
    socket.on('message', (answer) => {
      if (answers(answer, query)) finish(numbered(answer, message))
    })
    socket.connect(port, host, () => socket.send(query))
  })
}

function askTcp(message: Buffer, server: string): Promise<Buffer | undefined> {
  const { host, port } = parseServer(server)
  const query = renumbered(message)
  return new Promise((resolve) => {
    const reader = new FrameReader()
    const socket = connect({ host, port, timeout })
    const finish = (answer: Buffer | undefined) => {
      socket.destroy()
      resolve(answer)
    }
    socket.on('connect', () => socket.write(frame(query)))
    socket.on('timeout', () => finish(undefined))
    socket.on('error', () => finish(undefined))
    socket.on('close', () => finish(undefined))
    socket.on('data', (chunk) => {
      const answer = reader.push(chunk).find((one) => answers(one, query))
      if (answer !== undefined) finish(numbered(answer, message))
    })
  })
}

function renumbered(message: Buffer): Buffer {
  const copy = Buffer.from(message)
  copy.writeUInt16BE(randomInt(0x1_0000), 0)
  return copy
}

function numbered(answer: Buffer, original: Buffer): Buffer {
  const copy = Buffer.from(answer)
  copy.writeUInt16BE(original.readUInt16BE(0), 0)
  return copy
}

/** Same number, and a response: the socket takes packets of the asked server only. */
function answers(answer: Buffer, query: Buffer): boolean {
  return (
    answer.length >= 12 && answer.readUInt16BE(0) === query.readUInt16BE(0) && (answer.readUInt16BE(2) & 0x8000) !== 0
  )
}
