import { codedError } from '@moby/contracts'

type Output = 'stdout' | 'stderr'

/** A piece of what a container wrote. */
export interface Piece {
  readonly output: Output
  readonly data: Uint8Array
  /** Bytes that are missing before it. */
  readonly lost?: number
}

/** Bytes that a new reader gets of what has come. */
const kept = 64 << 10

/** Bytes that wait for a reader at most. */
const waiting = 1 << 20

/** What a container writes, for any number of readers; none of them can hold the container up. */
export class OutputTail {
  readonly #tail = new PieceQueue(kept)
  readonly #readers = new Set<Reader>()
  #ended = false

  push(output: Output, data: Uint8Array): void {
    this.#tail.push({ output, data })
    for (const reader of this.#readers) reader.push({ output, data })
  }

  end(): void {
    this.#ended = true
    for (const reader of this.#readers) reader.end()
    this.#readers.clear()
  }

  /** What was kept, as text, for an error. */
  text(): string {
    return Buffer.concat(this.#tail.pieces.map(({ data }) => data))
      .toString('utf8')
      .trim()
  }

  async *read(signal?: AbortSignal): AsyncGenerator<Piece> {
    const reader = new Reader(this.#tail.pieces)
    const leave = () => reader.end()
    if (this.#ended) reader.end()
    else this.#readers.add(reader)
    signal?.addEventListener('abort', leave, { once: true })
    try {
      for (let piece = await reader.next(); piece !== undefined; piece = await reader.next()) {
        refuseAborted(signal)
        yield piece
      }
      refuseAborted(signal)
    } finally {
      signal?.removeEventListener('abort', leave)
      this.#readers.delete(reader)
    }
  }
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw codedError('CANCELLED', 'The reading of the output was given up')
}

/** Pieces up to a number of bytes; the oldest go. */
class PieceQueue {
  pieces: Piece[] = []
  readonly #limit: number
  #bytes = 0
  #lost = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  push(piece: Piece): void {
    this.pieces.push(piece)
    this.#bytes += piece.data.length
    while (this.#bytes > this.#limit && this.pieces.length > 1) this.#lost += this.#drop()
  }

  shift(): Piece | undefined {
    const lost = this.#lost
    const piece = this.pieces.shift()
    if (piece === undefined) return undefined
    this.#bytes -= piece.data.length
    this.#lost = 0
    return lost === 0 ? piece : { ...piece, lost }
  }

  #drop(): number {
    const length = this.pieces.shift()?.data.length ?? 0
    this.#bytes -= length
    return length
  }
}

class Reader {
  readonly #queue = new PieceQueue(waiting)
  #wake: (() => void) | undefined
  #ended = false

  constructor(first: readonly Piece[]) {
    for (const piece of first) this.#queue.push(piece)
  }

  push(piece: Piece): void {
    this.#queue.push(piece)
    this.#wake?.()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  async next(): Promise<Piece | undefined> {
    for (;;) {
      const piece = this.#queue.shift()
      if (piece !== undefined || this.#ended) return piece
      await new Promise<void>((resolve) => (this.#wake = resolve))
      this.#wake = undefined
    }
  }
}
