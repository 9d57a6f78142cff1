const firstCapacity = 4 * 1024
/** Bytes of memory that are kept from one batch to the next. */
const keptCapacity = 512 * 1024

/** One piece of memory in which a batch is put together. One that nobody writes to has none. */
export class GrowingBytes {
  /** Anew after `reserve`. */
  bytes = Buffer.alloc(0)
  /** Bytes that are in use. */
  length = 0

  /** Makes room for so many bytes behind those in use. */
  reserve(size: number): void {
    const wanted = this.length + size
    if (wanted <= this.bytes.length) return
    const more = Buffer.allocUnsafeSlow(Math.max(firstCapacity, wanted, this.bytes.length * 2))
    this.bytes.copy(more, 0, 0, this.length)
    this.bytes = more
  }

  /** What is in use; from now on nothing is. It stays as it is until the next write. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.length)
    if (this.bytes.length > keptCapacity) this.bytes = Buffer.alloc(0)
    this.length = 0
    return taken
  }
}
