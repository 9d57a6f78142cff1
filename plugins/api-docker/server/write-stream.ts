import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

/** Bytes that are worth a write of their own. */
const enough = 64 * 1024

/**
 * Writes a stream as fast as the client takes it. The head goes out at once: clients wait for it before they go on.
 * Small pieces that come in one turn of the event loop are written together. When the stream fails, the answer is cut,
 * so that its end is not taken for a good one.
 */
export async function writeStream(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: AsyncIterable<Uint8Array | string>,
): Promise<void> {
  response.writeHead(status, headers)
  response.flushHeaders()
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const gathered = new Gathered(response)
  try {
    for await (const chunk of body) {
      if (response.destroyed) return
      if (chunk.length > 0 && !gathered.write(chunk)) await once(response, 'drain', { signal: gone.signal })
    }
    gathered.flush()
    response.end()
  } catch (error) {
    // What was written goes out; the final chunk never does.
    gathered.flush()
    response.socket?.destroySoon()
    if (!gone.signal.aborted) throw error
  }
}

/** Pieces that wait for the end of the turn in which the first of them came. */
class Gathered {
  readonly #response: ServerResponse
  #pieces: Uint8Array[] = []
  #bytes = 0
  #turn: NodeJS.Immediate | undefined

  constructor(response: ServerResponse) {
    this.#response = response
  }

  /** False when the client has to catch up before more is written. */
  write(chunk: Uint8Array | string): boolean {
    const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    this.#pieces.push(piece)
    this.#bytes += piece.length
    if (this.#bytes >= enough) return this.flush()
    this.#turn ??= setImmediate(() => this.flush())
    return !this.#response.writableNeedDrain
  }

  flush(): boolean {
    clearImmediate(this.#turn)
    this.#turn = undefined
    const [first, ...more] = this.#pieces
    this.#pieces = []
    this.#bytes = 0
    if (first === undefined || this.#response.destroyed) return true
    return this.#response.write(more.length === 0 ? first : Buffer.concat([first, ...more]))
  }
}
