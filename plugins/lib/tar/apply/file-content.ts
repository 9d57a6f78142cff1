import { ftruncateSync, writeSync } from 'node:fs'

/** Runs of zeros become holes by whole pieces of so many bytes, counted from the beginning of the file. */
const holeSize = 1 << 16
const zeros = Buffer.alloc(holeSize)

/**
 * Writes the content of a new, empty file as it comes in. What is skipped stays a hole, and so do long runs of zeros: a
 * sparse file comes as zeros out of an image (dockerd packs it so), and would fill the disk otherwise.
 */
export class FileContent {
  readonly #descriptor: number
  readonly #size: number
  #position = 0
  /** Bytes before the position that are zeros, reach back to the beginning of their piece, and are not written yet. */
  #held = 0
  /** Where the file on disk ends. */
  #end = 0

  constructor(descriptor: number, size: number) {
    this.#descriptor = descriptor
    this.#size = size
  }

  get isComplete(): boolean {
    return this.#position === this.#size
  }

  write(bytes: Uint8Array): void {
    if (this.#size < holeSize) return this.#append(bytes)
    let from = 0
    for (let at = 0; at < bytes.length;) {
      const start = (this.#position + at - from) % holeSize
      const end = Math.min(bytes.length, at + holeSize - start)
      const mayBeHole = start === this.#held
      if (mayBeHole && isZero(bytes, at, end)) {
        if (at > from) this.#append(bytes.subarray(from, at))
        this.#position += end - at
        this.#held = (this.#held + end - at) % holeSize
        from = end
      } else if (mayBeHole) this.#writeHeld()
      at = end
    }
    if (from < bytes.length) this.#append(bytes.subarray(from))
  }

  /** Leaves so many bytes out, which read as zeros. */
  skip(length: number): void {
    this.#writeHeld()
    this.#position += length
  }

  /** After all of it. */
  finish(): void {
    this.#writeHeld()
    if (this.#end < this.#size) ftruncateSync(this.#descriptor, this.#size)
  }

  #append(bytes: Uint8Array): void {
    this.#put(bytes, this.#position)
    this.#position += bytes.length
  }

  /** Too few for a hole. */
  #writeHeld(): void {
    if (this.#held > 0) this.#put(zeros.subarray(0, this.#held), this.#position - this.#held)
    this.#held = 0
  }

  #put(bytes: Uint8Array, position: number): void {
    for (let at = 0; at < bytes.length;) {
      at += writeSync(this.#descriptor, bytes, at, bytes.length - at, position + at)
    }
    this.#end = position + bytes.length
  }
}

/** Data is told by its first or last byte nearly always; the rest is one call. */
function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  return bytes[from] === 0 && bytes[to - 1] === 0 && zeros.compare(bytes, from, to, 0, to - from) === 0
}
