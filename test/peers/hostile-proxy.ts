import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What is done to the answer of a request for a blob or a manifest. */
export type Misdeed =
  /** The connection ends after so many bytes of the content. */
  | { readonly cutAfter: number }
  /** Nothing more comes after so many bytes of the content. */
  | { readonly stallAfter: number }
  /** The request is taken and never answered. */
  | 'silence'
  /** A range is answered with the whole, as if it had not been asked for. */
  | 'ignore-range'
  /** A range is told to be another than it is. */
  | 'wrong-range'
  /** Every byte is another, under heads that are right. */
  | 'other-bytes'
  /** The last byte is another. */
  | 'spoil'
  /** A byte more, with a length that says so. */
  | 'longer'
  /** A byte less, with a length that says so. */
  | 'shorter'
  /** A byte more, without a length. */
  | 'longer-untold'
  /** A byte less, without a length. */
  | 'shorter-untold'
  /** A length that says a byte more than comes. */
  | 'length-too-long'
  /** Tells another digest of a manifest than it has. */
  | 'other-digest'

/** A request for content. */
export interface Asked {
  readonly kind: 'blob' | 'manifest'
  readonly method: string
  readonly path: string
  /** As the header says it. */
  readonly range: string | undefined
  /** How often this path was asked for before. */
  readonly before: number
}

/**
 * Stands before a registry on loopback: counts what it gives of blobs, gives it as fast as it is let, and does wrong
 * when it is told to.
 */
export class HostileProxy {
  /** Bytes of blobs that were sent. */
  given = 0
  /** Requests for blobs and manifests. */
  readonly asked: Asked[] = []
  /** Bytes a second for each blob, at most: a host that was busy does not catch up. Unlimited when absent. */
  rate: number | undefined
  /** Chooses for a request what is done to it. */
  misdeed: (asked: Asked) => Misdeed | undefined = () => undefined
  readonly #target: URL
  readonly #agent = new Agent({ keepAlive: true })
  readonly #server = createServer((asked, answer) => void this.#serve(asked, answer))
  #port = 0

  private constructor(target: string) {
    this.#target = new URL(target)
  }

  static async start(target: string): Promise<HostileProxy> {
    const proxy = new HostileProxy(target)
    await proxy.up()
    return proxy
  }

  /** `127.0.0.1:PORT`. */
  get host(): string {
    return `127.0.0.1:${this.#port}`
  }

  /** Connections that stand. */
  async connections(): Promise<number> {
    return await new Promise((resolve, reject) =>
      this.#server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
    )
  }

  /** Forgets what was counted. */
  reset(): void {
    this.given = 0
    this.asked.length = 0
    this.rate = undefined
    this.misdeed = () => undefined
  }

  /** Listens, on the same port as before. */
  async up(): Promise<void> {
    await new Promise<void>((resolve, reject) =>
      this.#server.once('error', reject).listen(this.#port, '127.0.0.1', resolve),
    )
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Ends all connections, and takes no more. */
  async down(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async stop(): Promise<void> {
    if (this.#server.listening) await this.down()
    this.#agent.destroy()
  }

  async #serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    answer.on('error', () => undefined)
    const path = asked.url ?? '/'
    const content = this.#note(asked, path)
    const misdeed = content === undefined ? undefined : this.misdeed(content)
    if (misdeed === 'silence') return
    const headers = { ...asked.headers, host: this.#target.host }
    if (misdeed === 'ignore-range') delete headers.range
    try {
      const found = await new Promise<IncomingMessage>((resolve, reject) => {
        const { hostname, port } = this.#target
        const call = request({ agent: this.#agent, hostname, port, method: asked.method, path, headers }, resolve)
        call.on('error', reject)
        asked.pipe(call)
      })
      if (content !== undefined && (found.statusCode ?? 500) < 300) await this.#give(content, found, answer, misdeed)
      else {
        answer.writeHead(found.statusCode ?? 502, found.headers)
        found.pipe(answer)
      }
    } catch {
      answer.destroy()
    }
  }

  #note({ method = '', headers }: IncomingMessage, path: string): Asked | undefined {
    const kind = path.includes('/blobs/sha256:') ? 'blob' : path.includes('/manifests/') ? 'manifest' : undefined
    if (kind === undefined || (method !== 'GET' && method !== 'HEAD')) return undefined
    const before = this.asked.filter((each) => each.path === path && each.method === method).length
    const asked = { kind, method, path, range: headers.range, before } as const
    this.asked.push(asked)
    return asked
  }

  async #give(asked: Asked, found: IncomingMessage, answer: ServerResponse, misdeed: Misdeed | undefined) {
    const isBlob = asked.kind === 'blob'
    const total = Number(found.headers['content-length'])
    answer.writeHead(found.statusCode ?? 200, wrongHead(found, total, misdeed))
    if (asked.method === 'HEAD') {
      found.resume()
      answer.end()
      return
    }
    const last = lastByte(total, misdeed)
    let sent = 0
    for await (const chunk of found as AsyncIterable<Buffer>) {
      if (answer.destroyed) {
        found.destroy()
        return
      }
      const piece = wrongBytes(chunk, sent, total, misdeed).subarray(0, Math.max(0, last - sent))
      sent += piece.length
      if (isBlob) this.given += piece.length
      if (!answer.write(piece)) await roomIn(answer)
      if (sent === last && last < total) break
      if (this.rate !== undefined) await sleep((piece.length / this.rate) * 1000)
    }
    found.destroy()
    if (typeof misdeed === 'object') {
      // What was written goes out before the connection ends.
      await sleep(20)
      if ('cutAfter' in misdeed) answer.destroy()
      return
    }
    if (misdeed === 'longer' || misdeed === 'longer-untold') answer.write(Buffer.alloc(1))
    if (misdeed === 'length-too-long') answer.destroy()
    else answer.end()
  }
}

/** Waits until the client has taken what was written, or has gone. */
async function roomIn(answer: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  answer.on('drain', resolve).on('close', resolve)
  await promise
  answer.off('drain', resolve).off('close', resolve)
}

/** How many bytes of the content are sent. */
function lastByte(total: number, misdeed: Misdeed | undefined): number {
  if (misdeed === 'shorter' || misdeed === 'shorter-untold') return total - 1
  if (typeof misdeed !== 'object') return total
  return Math.min(total, 'cutAfter' in misdeed ? misdeed.cutAfter : misdeed.stallAfter)
}

function wrongBytes(chunk: Buffer, at: number, total: number, misdeed: Misdeed | undefined): Buffer {
  if (misdeed === 'other-bytes') return Buffer.from(chunk.map((byte) => byte ^ 0x55))
  if (misdeed !== 'spoil' || at + chunk.length < total) return chunk
  const spoilt = Buffer.from(chunk)
  spoilt[spoilt.length - 1] = (spoilt.at(-1) ?? 0) ^ 1
  return spoilt
}

function wrongHead(found: IncomingMessage, total: number, misdeed: Misdeed | undefined) {
  const headers = { ...found.headers }
  const more = misdeed === 'longer' || misdeed === 'length-too-long' ? 1 : misdeed === 'shorter' ? -1 : 0
  headers['content-length'] = String(total + more)
  if (misdeed === 'longer-untold' || misdeed === 'shorter-untold') delete headers['content-length']
  if (misdeed === 'other-digest') headers['docker-content-digest'] = `sha256:${'0'.repeat(64)}`
  const range = headers['content-range']
  if (misdeed === 'wrong-range' && range !== undefined) {
    headers['content-range'] = range.replace(/(\d+)-/, (_, from: string) => `${Number(from) + 1}-`)
  }
  return headers
}
