import { entryError } from './archive-error.ts'
import type { TarEntry } from './entry.ts'
import { SparseContent } from './sparse-content.ts'

/** What a fragment takes of a disk, however short it is. */
const diskBlock = 4096
/** GNU tar tells holes by units of 512 bytes, so that a block of disk holds that many at least. */
const mostGrowth = 8
const freeGrowth = 16 * diskBlock

/**
 * The map of a sparse file as it is read: where the fragments of data lie that the archive holds. The rules are those
 * of Go's archive/tar and of libarchive: fragments are in order, do not overlap, lie within the size, and are together
 * as long as what is stored. One more is ours: fragments that are scattered over many more blocks of a disk than
 * they would fill are refused, because such a file takes far more than what was sent. Errors: ARCHIVE_INVALID,
 * ARCHIVE_LIMIT.
 */
export class SparseMap {
  /** The entry with its real size. */
  readonly entry: TarEntry
  readonly #limit: number
  readonly #fragments: number[] = []
  #end = 0
  #data = 0
  #blocks = 0
  #lastBlock = -1

  constructor(entry: TarEntry, limit: number) {
    this.entry = entry
    this.#limit = limit
  }

  /** Undefined stands for a number that cannot be read. */
  add(offset: number | undefined, length: number | undefined): void {
    if (offset === undefined || length === undefined) throw this.unreadable()
    if (offset < this.#end) throw this.#invalid('has fragments that overlap or are out of order')
    if (offset + length > this.entry.size) {
      throw this.#invalid(`has a fragment that ends beyond its size of ${this.entry.size} bytes`)
    }
    this.expect(this.#fragments.length / 2 + 1)
    this.#fragments.push(offset, length)
    this.#end = offset + length
    this.#data += length
    if (length === 0) return
    const first = Math.max(Math.floor(offset / diskBlock), this.#lastBlock + 1)
    this.#lastBlock = Math.floor((this.#end - 1) / diskBlock)
    this.#blocks += this.#lastBlock - first + 1
  }

  /** Checks an announced count of fragments. */
  expect(count: number): void {
    if (count <= this.#limit) return
    throw entryError('ARCHIVE_LIMIT', this.entry.name, `has more than the ${this.#limit} fragments that are allowed`)
  }

  /** Checks the whole; `stored` are the bytes of data in the archive. */
  close(stored: number): SparseContent {
    if (this.#data !== stored) {
      throw this.#invalid(`has fragments of ${this.#data} bytes together, where ${stored} are stored`)
    }
    if (this.#blocks * diskBlock > freeGrowth + mostGrowth * stored) {
      const problem = `scatters its ${stored} bytes over ${this.#blocks} blocks of ${diskBlock}`
      throw entryError('ARCHIVE_LIMIT', this.entry.name, problem)
    }
    return new SparseContent(this.#fragments, this.entry.size)
  }

  unreadable(): Error {
    return this.#invalid('has a map of its fragments that cannot be read')
  }

  #invalid(problem: string): Error {
    return entryError('ARCHIVE_INVALID', this.entry.name, `is a sparse file and ${problem}`)
  }
}
