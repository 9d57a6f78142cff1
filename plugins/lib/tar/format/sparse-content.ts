import { Hole } from './hole.ts'

/** Walks through the content of a sparse file: which of it are holes, and which bytes of data come between them. */
export class SparseContent {
  /** Offset and length of each fragment in turn: in order, apart, within the size. */
  readonly #fragments: readonly number[]
  readonly #size: number
  #next = 0
  #at = 0

  constructor(fragments: readonly number[], size: number) {
    this.#fragments = fragments
    this.#size = size
  }

  /** Bytes of data until the next hole. */
  get run(): number {
    return this.#start + (this.#fragments[this.#next + 1] ?? 0) - this.#at
  }

  /** Passes the hole that is next; undefined within data and at the end. */
  takeHole(): Hole | undefined {
    while (this.#fragments[this.#next + 1] === 0) this.#next += 2
    const start = this.#start
    if (start <= this.#at) return undefined
    const hole = new Hole(start - this.#at)
    this.#at = start
    return hole
  }

  /** Passes bytes of data, `run` at most. */
  takeData(length: number): void {
    const isWhole = length === this.run
    this.#at += length
    if (isWhole) this.#next += 2
  }

  get #start(): number {
    return this.#fragments[this.#next] ?? this.#size
  }
}
