const chunkSize = 1 << 20

/** Gathers bytes in chunks of one mebibyte. Chunks that are handed out are never touched again. */
export class ChunkBuffer {
  #chunk = new Uint8Array(chunkSize)
  #length = 0

  /** Room to write to; never empty. Fresh chunks are zero and each byte of them is passed once. */
  space(): Uint8Array<ArrayBuffer> {
    return this.#chunk.subarray(this.#length)
  }

  *add(bytes: Uint8Array): Generator<Uint8Array<ArrayBuffer>, void> {
    let at = 0
    while (at < bytes.length) {
      const space = this.space()
      const length = Math.min(space.length, bytes.length - at)
      space.set(bytes.subarray(at, at + length))
      at += length
      yield* this.filled(length)
    }
  }

  *zeros(count: number): Generator<Uint8Array<ArrayBuffer>, void> {
    let remaining = count
    while (remaining > 0) {
      const length = Math.min(this.space().length, remaining)
      remaining -= length
      yield* this.filled(length)
    }
  }

  /** Says that so many bytes of `space()` were written. */
  *filled(length: number): Generator<Uint8Array<ArrayBuffer>, void> {
    this.#length += length
    if (this.#length === chunkSize) yield* this.rest()
  }

  /** What has been gathered, if anything. */
  *rest(): Generator<Uint8Array<ArrayBuffer>, void> {
    if (this.#length === 0) return
    const full = this.#chunk.subarray(0, this.#length)
    this.#chunk = new Uint8Array(chunkSize)
    this.#length = 0
    yield full
  }
}
