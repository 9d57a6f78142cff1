import type { Session } from '../session.ts'
import type { BlobRequest } from './blob-request.ts'
import { RangeIgnored } from './open-span.ts'
import { readSpan, type Progress, type Span } from './read-span.ts'

/** Bytes of one part. So many times the connections of a blob are kept at most. */
const partBytes = 4 << 20
const leastRest = 4 * partBytes
/** After so long, at less than so many bytes a second, more connections are likely to bring more. */
const patienceMs = 500
const fastEnough = 64 << 20

/**
 * The bytes of a blob from `from` on, in order: over one connection as long as that is fast, then over several, each
 * bringing the next part. A server without ranges gets no second connection.
 */
export async function* readAhead(
  session: Session,
  request: BlobRequest,
  from: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { size } = request
  const progress: Progress = { bytes: 0, waitedMs: 0 }
  const first: Span = { from, to: size, onlyRange: false }
  let at = from
  let parts: Parts | undefined
  try {
    for await (const chunk of readSpan(session, request, first, progress)) {
      at += chunk.length
      yield chunk
      if (parts === undefined && size - at > leastRest && isSlow(progress) && session.settings.rangesPerBlob > 1) {
        first.to = at + partBytes
        parts = new Parts(session, request, first.to)
      }
    }
    if (parts === undefined) return
    for await (const chunk of parts.read()) {
      at += chunk.length
      yield chunk
    }
  } finally {
    parts?.end()
  }
  if (at < size) yield* readSpan(session, request, { from: at, to: size, onlyRange: false }, progress)
}

function isSlow({ bytes, waitedMs }: Progress): boolean {
  return waitedMs > patienceMs && (bytes * 1000) / waitedMs < fastEnough
}

/** Parts that are fetched at the same time and read one after the other. */
class Parts {
  readonly #session: Session
  readonly #request: BlobRequest
  readonly #stop = new AbortController()
  readonly #caller: AbortSignal
  readonly #onAbort: () => void
  readonly #ahead: Promise<readonly Uint8Array[]>[] = []
  #next: number

  constructor(session: Session, request: BlobRequest, from: number) {
    this.#session = session
    this.#request = { ...request, signal: this.#stop.signal }
    this.#next = from
    this.#caller = request.signal
    this.#onAbort = () => this.#stop.abort(request.signal.reason)
    request.signal.addEventListener('abort', this.#onAbort, { once: true })
    this.#fill()
  }

  /** Ends early, without an error, where the server does not serve ranges. */
  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      this.#fill()
      const part = this.#ahead.shift()
      if (part === undefined) return
      let chunks: readonly Uint8Array[]
      try {
        chunks = await part
      } catch (error) {
        if (error instanceof RangeIgnored) return
        throw error
      }
      yield* chunks
    }
  }

  /** Lets go of what was fetched ahead. */
  end(): void {
    this.#caller.removeEventListener('abort', this.#onAbort)
    this.#stop.abort()
  }

  #fill(): void {
    const { size } = this.#request
    while (this.#ahead.length < this.#session.settings.rangesPerBlob - 1 && this.#next < size) {
      const span: Span = { from: this.#next, to: Math.min(size, this.#next + partBytes), onlyRange: true }
      this.#next = span.to
      const part = this.#fetch(span)
      // It is looked at when its turn comes.
      part.catch(() => undefined)
      this.#ahead.push(part)
    }
  }

  async #fetch(span: Span): Promise<readonly Uint8Array[]> {
    const chunks: Uint8Array[] = []
    const progress: Progress = { bytes: 0, waitedMs: 0 }
    for await (const chunk of readSpan(this.#session, this.#request, span, progress)) chunks.push(chunk)
    return chunks
  }
}
