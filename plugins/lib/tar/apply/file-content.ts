import { ftruncateSync, writeSync } from 'node:fs'

/** Writes the content of a new, empty file as it comes in; what is skipped stays a hole. */
export class FileContent {
  readonly #descriptor: number
  readonly #size: number
  #position = 0
  #written = 0

  constructor(descriptor: number, size: number) {
    this.#descriptor = descriptor
    this.#size = size
  }

  get isComplete(): boolean {
    return this.#position === this.#size
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      at += writeSync(this.#descriptor, bytes, at, bytes.length - at, this.#position + at)
    }
    this.#position += bytes.length
    this.#written = this.#position
  }

  /** Leaves so many bytes out, which read as zeros. */
  skip(length: number): void {
    this.#position += length
  }

  /** After all of it. */
  finish(): void {
    if (this.#written < this.#size) ftruncateSync(this.#descriptor, this.#size)
  }
}
