import { codedError } from '@moby/contracts'

/** The bytes to be repeated are not kept any more. */
export class TooFarBack extends Error {}

/**
 * The content of an upload: read once, its last part kept, so that an upload that broke off goes on where the registry
 * says. Chunks are kept as they came, not copied.
 */
export class UploadSource {
  readonly size: number
  readonly #input: AsyncIterator<Uint8Array>
  readonly #window: number
  readonly #name: string
  #kept: Uint8Array[] = []
  #keptBytes = 0
  /** Bytes that were read of the input. */
  #read = 0
  #isEnded = false
  #pending: Promise<void> | undefined

  constructor(input: AsyncIterable<Uint8Array>, size: number, window: number, name: string) {
    this.#input = input[Symbol.asyncIterator]()
    this.size = size
    this.#window = window
    this.#name = name
  }

  /** Bytes from one offset to another. Fails with TooFarBack, or CONTENT_MISMATCH when the input is shorter or longer. */
  async *from(start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
    let at = start
    // A registry may claim more than it was sent; whether that is so, the digest tells.
    while (at < end) {
      while (this.#read <= at) await this.#advance()
      const chunk = this.#keptAt(at)
      const part = chunk.subarray(0, end - at)
      at += part.length
      yield part
    }
    if (end === this.size) await this.#expectEnd()
  }

  /** Lets go of the input. */
  async close(): Promise<void> {
    this.#kept = []
    if (this.#isEnded) return
    const ended = this.#input.return?.()
    // An input that is being waited for ends when it gives something: nobody waits for that.
    if (this.#pending === undefined) await ended
    else void ended?.catch(() => undefined)
  }

  #keptAt(offset: number): Uint8Array {
    let at = this.#read - this.#keptBytes
    if (offset < at) throw new TooFarBack()
    for (const chunk of this.#kept) {
      if (offset < at + chunk.length) return chunk.subarray(offset - at)
      at += chunk.length
    }
    throw new TooFarBack()
  }

  /** A part that broke off may still wait for the input when the next one wants it: both wait for the same chunk. */
  async #advance(): Promise<void> {
    this.#pending ??= this.#next().finally(() => (this.#pending = undefined))
    await this.#pending
  }

  async #next(): Promise<void> {
    for (;;) {
      const next = await this.#input.next()
      if (next.done === true) {
        this.#isEnded = true
        throw this.#otherSize(`has ${this.#read} bytes`)
      }
      if (next.value.length === 0) continue
      this.#read += next.value.length
      if (this.#read > this.size) throw this.#otherSize(`has more than ${this.size} bytes`)
      this.#keep(next.value)
      return
    }
  }

  #keep(chunk: Uint8Array): void {
    this.#kept.push(chunk)
    this.#keptBytes += chunk.length
    for (;;) {
      const [oldest] = this.#kept
      if (oldest === undefined || this.#keptBytes - oldest.length < this.#window) return
      this.#kept.shift()
      this.#keptBytes -= oldest.length
    }
  }

  async #expectEnd(): Promise<void> {
    while (!this.#isEnded) {
      const next = await this.#input.next()
      if (next.done === true) this.#isEnded = true
      else if (next.value.length > 0) throw this.#otherSize(`has more than ${this.size} bytes`)
    }
  }

  #otherSize(what: string): Error {
    return codedError('CONTENT_MISMATCH', `${this.#name}: the content ${what}, where ${this.size} are told`, {
      hint: 'The blob is damaged, or its descriptor is wrong.',
    })
  }
}
