const chunkBits = 10n
const words = 32
const full = 0xffff_ffff

/** A set of numbers from a range too large for one array, dense where it is filled: 1024 numbers a chunk. */
export class SparseBitmap {
  readonly #chunks = new Map<bigint, Uint32Array>()

  has(value: bigint): boolean {
    const [word, bit] = place(value)
    return ((this.#chunks.get(value >> chunkBits)?.[word] ?? 0) & (1 << bit)) !== 0
  }

  add(value: bigint): void {
    const [word, bit] = place(value)
    const index = value >> chunkBits
    let chunk = this.#chunks.get(index)
    if (chunk === undefined) {
      chunk = new Uint32Array(words)
      this.#chunks.set(index, chunk)
    }
    chunk[word] = (chunk[word] ?? 0) | (1 << bit)
  }

  delete(value: bigint): void {
    const [word, bit] = place(value)
    const index = value >> chunkBits
    const chunk = this.#chunks.get(index)
    if (chunk === undefined) return
    chunk[word] = (chunk[word] ?? 0) & ~(1 << bit)
    if (chunk.every((each) => each === 0)) this.#chunks.delete(index)
  }

  /** The smallest number from `start` to `end`, both included, that is not in the set. */
  firstAbsent(start: bigint, end: bigint): bigint | undefined {
    let value = start
    while (value <= end) {
      const [word, bit] = place(value)
      const bits = this.#chunks.get(value >> chunkBits)?.[word] ?? 0
      if (bits === full) value += BigInt(32 - bit)
      else if ((bits & (1 << bit)) === 0) return value
      else value++
    }
    return undefined
  }
}

function place(value: bigint): [word: number, bit: number] {
  const inChunk = Number(value & 1023n)
  return [inChunk >> 5, inChunk & 31]
}
