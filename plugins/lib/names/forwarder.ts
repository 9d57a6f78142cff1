import { randomInt } from 'node:crypto'
import { responseCodes } from './dns-message.ts'
import { openDatagramSocket, openStreamSocket } from './open-query-socket.ts'
import type { Upstream } from './sandbox-state.ts'
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

  /**
   * The answer of the first server that gives one; one that only tells its own failure is told when no other does
   * better. Undefined when nobody answers, or when too many are asking. `namespace` is the path of the sandbox's.
   */
  async ask(
    message: Buffer,
    servers: readonly Upstream[],
    how: { readonly overTcp: boolean; readonly namespace?: string },
  ): Promise<Buffer | undefined> {
    if (this.#running >= limit) return undefined
    this.#running++
    try {
      let failed: Buffer | undefined
      for (const { server, side } of servers) {
        const ask = how.overTcp ? askTcp : askUdp
        const answer = await ask(message, server, side === 'sandbox' ? how.namespace : undefined)
        if (answer !== undefined && !tellsFailure(answer)) return answer
        failed = answer ?? failed
      }
      return failed
    } finally {
      this.#running--
    }
  }
}

/** A socket of its own for each query gives it a port that nobody can guess. */
function askUdp(message: Buffer, server: string, namespace: string | undefined): Promise<Buffer | undefined> {
  const { host, port } = parseServer(server)
  const query = renumbered(message)
  return new Promise((resolve) => {
    const socket = attempt(() => openDatagramSocket(host, namespace))
    if (socket === undefined) return resolve(undefined)
    const timer = setTimeout(() => finish(), timeout)
    const finish = (answer?: Buffer) => {
      clearTimeout(timer)
      socket.removeAllListeners('message').close()
      resolve(answer)
    }
    socket.on('error', () => finish())
    socket.on('message', (answer) => {
      if (answers(answer, query)) finish(numbered(answer, message))
    })
    // Its types do not tell that the callback is called for a failure, too.
    socket.connect(port, host, (...[error]: unknown[]) => {
      if (error === undefined || error === null) socket.send(query)
      else finish()
    })
  })
}

function askTcp(message: Buffer, server: string, namespace: string | undefined): Promise<Buffer | undefined> {
  const { host, port } = parseServer(server)
  const query = renumbered(message)
  return new Promise((resolve) => {
    const reader = new FrameReader()
    const socket = attempt(() => openStreamSocket(host, namespace))
    if (socket === undefined) return resolve(undefined)
    const finish = (answer?: Buffer) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(timeout, () => finish())
    socket.on('error', () => finish())
    socket.on('close', () => finish())
    socket.on('data', (chunk) => {
      const answer = reader.push(chunk).find((one) => answers(one, query))
      if (answer !== undefined) finish(numbered(answer, message))
    })
    socket.connect({ host, port }, () => socket.write(frame(query)))
  })
}

/** Undefined where the sandbox is gone. */
function attempt<T>(open: () => T): T | undefined {
  try {
    return open()
  } catch {
    return undefined
  }
}

function tellsFailure(answer: Buffer): boolean {
  const code = answer.readUInt16BE(2) & 0xf
  return code === responseCodes.serverFailure || code === responseCodes.refused
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
