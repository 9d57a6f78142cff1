const chunkBits = 10n
const words = 32
const full = 0xffff_ffff

interface Chunk {
  readonly words: Uint32Array
  count: number
}

/** A set of numbers from a range too large for one array, dense where it is filled: 1024 numbers a chunk. */
export class SparseBitmap {
  readonly #chunks = new Map<bigint, Chunk>()
  #count = 0

  get count(): number {
    return this.#count
  }

  has(value: bigint): boolean {
    const [word, bit] = place(value)
    const chunk = this.#chunks.get(value >> chunkBits)
    return chunk !== undefined && ((chunk.words[word] ?? 0) & (1 << bit)) !== 0
  }

  /** False when it was there already. */
  add(value: bigint): boolean {
    if (this.has(value)) return false
    const [word, bit] = place(value)
    const index = value >> chunkBits
    let chunk = this.#chunks.get(index)
    if (chunk === undefined) {
      chunk = { words: new Uint32Array(words), count: 0 }
      this.#chunks.set(index, chunk)
    }
    chunk.words[word] = (chunk.words[word] ?? 0) | (1 << bit)
    chunk.count++
    this.#count++
    return true
  }

  /** False when it was not there. */
  delete(value: bigint): boolean {
    if (!this.has(value)) return false
    const [word, bit] = place(value)
    const index = value >> chunkBits
    const chunk = this.#chunks.get(index)
    if (chunk === undefined) return false
    chunk.words[word] = (chunk.words[word] ?? 0) & ~(1 << bit)
    chunk.count--
    this.#count--
    if (chunk.count === 0) this.#chunks.delete(index)
    return true
  }

  /** The smallest number from `start` to `end`, both included, that is not in the set. */
  firstAbsent(start: bigint, end: bigint): bigint | undefined {
    let value = start
    while (value <= end) {
      const chunk = this.#chunks.get(value >> chunkBits)
      if (chunk === undefined) return value
      if (chunk.count === words * 32) {
        value = ((value >> chunkBits) + 1n) << chunkBits
        continue
      }
      const [word, bit] = place(value)
      const bits = chunk.words[word] ?? 0
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
