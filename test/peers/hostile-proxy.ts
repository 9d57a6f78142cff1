import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What is done to the answer of a request for a blob. */
export type Misdeed =
  /** The connection ends in the middle of it. */
  | 'cut'
  /** Nothing more comes after some bytes. */
  | 'stall'
  /** A range is answered with the whole, as if it had not been asked for. */
  | 'ignore-range'
  /** A range is answered with other bytes than it says. */
  | 'wrong-range'
  /** The last byte is another. */
  | 'spoil'
  /** A byte more than the manifest says. */
  | 'longer'
  /** A byte less, with a length that says so. */
  | 'shorter'

/**
 * Stands before a registry on loopback: counts what it gives of blobs, gives it as fast as it is let, and does wrong
 * when it is told to.
 */
export class HostileProxy {
  /** Bytes of blobs that were sent. */
  given = 0
  /** Requests for blobs: method, path and range. */
  readonly asked: string[] = []
  /** Bytes a second for each blob; unlimited when absent. */
  rate: number | undefined
  /** Ends every connection, and each new one with its first request. */
  get isAway(): boolean {
    return this.#isAway
  }

  set isAway(value: boolean) {
    this.#isAway = value
    if (value) this.#server.closeAllConnections()
  }

  /** Chooses for a request what is done to it. */
  misdeed: (path: string, number: number) => Misdeed | undefined = () => undefined
  #isAway = false
  readonly #target: URL
  readonly #agent = new Agent({ keepAlive: true })
  readonly #server = createServer((asked, answer) => void this.#serve(asked, answer))

  private constructor(target: string) {
    this.#target = new URL(target)
  }

  static async start(target: string): Promise<HostileProxy> {
    const proxy = new HostileProxy(target)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  /** `127.0.0.1:PORT`. */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Forgets what was counted. */
  reset(): void {
    this.given = 0
    this.asked.length = 0
    this.rate = undefined
    this.#isAway = false
    this.misdeed = () => undefined
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#agent.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    if (this.#isAway) {
      asked.socket.destroy()
      return
    }
    const path = asked.url ?? '/'
    const isBlob = asked.method === 'GET' && path.includes('/blobs/sha256:')
    const misdeed = isBlob ? this.misdeed(path, this.asked.length) : undefined
    if (isBlob) this.asked.push(`${asked.method} ${path} ${asked.headers.range ?? ''}`.trim())
    const headers = { ...asked.headers, host: this.#target.host }
    if (misdeed === 'ignore-range') delete headers.range
    try {
      const found = await new Promise<IncomingMessage>((resolve, reject) => {
        const { hostname, port } = this.#target
        const call = request({ agent: this.#agent, hostname, port, method: asked.method, path, headers }, resolve)
        call.on('error', reject)
        asked.pipe(call)
      })
      if (isBlob && (found.statusCode ?? 500) < 300) await this.#give(found, answer, misdeed)
      else {
        answer.writeHead(found.statusCode ?? 502, found.headers)
        found.pipe(answer)
      }
    } catch {
      answer.destroy()
    }
  }

  async #give(found: IncomingMessage, answer: ServerResponse, misdeed: Misdeed | undefined): Promise<void> {
    const headers = { ...found.headers }
    const total = Number(headers['content-length'])
    const length = total + (misdeed === 'longer' ? 1 : misdeed === 'shorter' ? -1 : 0)
    headers['content-length'] = String(length)
    const range = headers['content-range']
    if (misdeed === 'wrong-range' && range !== undefined) {
      headers['content-range'] = range.replace(/(\d+)-/, (_, from: string) => `${Number(from) + 1}-`)
    }
    answer.writeHead(found.statusCode ?? 200, headers)
    answer.on('error', () => undefined)
    const started = Date.now()
    let sent = 0
    for await (const chunk of found as AsyncIterable<Buffer>) {
      if (answer.destroyed) {
        found.destroy()
        return
      }
      let piece = chunk
      if (misdeed === 'spoil' && sent + piece.length === total) {
        piece = Buffer.from(piece)
        piece[piece.length - 1] = (piece.at(-1) ?? 0) ^ 1
      }
      if (misdeed === 'shorter' && sent + piece.length === total) piece = piece.subarray(0, -1)
      if ((misdeed === 'cut' || misdeed === 'stall') && sent + piece.length > total / 2) {
        const half = piece.subarray(0, Math.max(0, Math.floor(total / 2) - sent))
        this.given += half.length
        if (half.length > 0) answer.write(half)
        // What was written goes out before the connection ends.
        await sleep(20)
        if (misdeed === 'cut') answer.destroy()
        found.destroy()
        return
      }
      sent += piece.length
      this.given += piece.length
      if (!answer.write(piece)) await roomIn(answer)
      if (this.rate !== undefined) {
        const ahead = (sent / this.rate) * 1000 - (Date.now() - started)
        if (ahead > 1) await sleep(ahead)
      }
    }
    if (misdeed === 'longer') answer.write(Buffer.alloc(1))
    answer.end()
  }
}

/** Waits until the client has taken what was written, or has gone. */
async function roomIn(answer: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  answer.on('drain', resolve).on('close', resolve)
  await promise
  answer.off('drain', resolve).off('close', resolve)
}
