import { entryError } from './archive-error.ts'
import { blockSize, type TarEntry } from './entry.ts'
import { checkSize, readDecimal, readNumber } from './number-field.ts'
import type { RawHeader } from './read-header.ts'
import { sparsePrefix, type SparseForm } from './sparse-form.ts'
import { SparseMap } from './sparse-map.ts'

/** A map that is being read. */
export interface SparseSource {
  readonly map: SparseMap
  /** Whether what it takes is counted as stored content. */
  readonly isContent: boolean
  readonly isComplete: boolean
  /** Takes bytes that follow the header and answers how many. */
  take(bytes: Uint8Array): number
}

/** Begins to read the map of a sparse file. `entry` has the stored size. Errors: ARCHIVE_INVALID, ARCHIVE_LIMIT. */
export function openSparseMap(
  form: SparseForm,
  header: RawHeader,
  pax: ReadonlyMap<string, string>,
  entry: TarEntry,
  limit: number,
): SparseSource {
  if (entry.type !== 'file') throw entryError('ARCHIVE_INVALID', entry.name, 'is a sparse file and no file')
  const own = form === 'header' ? undefined : (pax.get(`${sparsePrefix}size`) ?? pax.get(`${sparsePrefix}realsize`))
  const asked = form === 'header' ? readNumber(header.block, 483, 12) : own === undefined ? undefined : readDecimal(own)
  const isAsked = form === 'header' || own !== undefined
  const map = new SparseMap({ ...entry, size: isAsked ? checkSize(asked, entry.name) : entry.size }, limit)
  if (form === 'header') return new HeaderMap(map, header.block)
  return form === 'records' ? readRecords(map, pax) : new ContentMap(map)
}

/** The old form of GNU tar: four fragments in the header, 21 in each block that follows. */
class HeaderMap implements SparseSource {
  readonly map: SparseMap
  readonly isContent = false
  readonly #block = Buffer.alloc(blockSize)
  #filled = 0
  #goesOn: boolean

  constructor(map: SparseMap, header: Buffer) {
    this.map = map
    this.#goesOn = this.#read(header, 386, 482)
  }

  get isComplete(): boolean {
    return !this.#goesOn
  }

  take(bytes: Uint8Array): number {
    const length = Math.min(bytes.length, blockSize - this.#filled)
    this.#block.set(bytes.subarray(0, length), this.#filled)
    this.#filled += length
    if (this.#filled < blockSize) return length
    this.#filled = 0
    this.#goesOn = this.#read(this.#block, 0, 504)
    return length
  }

  #read(block: Buffer, start: number, end: number): boolean {
    for (let at = start; at < end && block[at] !== 0; at += 24) this.map.add(number(block, at), number(block, at + 12))
    return block[end] !== 0
  }
}

function number(block: Buffer, at: number): number | undefined {
  const value = readNumber(block, at, 12)
  return value === undefined || value < 0n || value > Number.MAX_SAFE_INTEGER ? undefined : Number(value)
}

/** Versions 0.0 and 0.1, of which `readPax` makes one. */
function readRecords(map: SparseMap, pax: ReadonlyMap<string, string>): SparseSource {
  const text = pax.get(`${sparsePrefix}map`) ?? ''
  const numbers = text === '' ? [] : text.split(',')
  const count = readSafe(pax.get(`${sparsePrefix}numblocks`) ?? '')
  if (count === undefined || numbers.length !== 2 * count) throw map.unreadable()
  for (let at = 0; at < numbers.length; at += 2) map.add(readSafe(numbers[at] ?? ''), readSafe(numbers[at + 1] ?? ''))
  return { map, isContent: false, isComplete: true, take: () => 0 }
}

function readSafe(digits: string): number | undefined {
  const value = readDecimal(digits)
  return value === undefined || value > Number.MAX_SAFE_INTEGER ? undefined : Number(value)
}

/** Version 1.0: a count, then offset and length of each fragment, each number on a line; zeros fill the last block. */
class ContentMap implements SparseSource {
  readonly map: SparseMap
  readonly isContent = true
  /** Numbers that are still to come; unknown before the first. */
  #missing: number | undefined
  #offset: number | undefined
  #value = 0
  #digits = 0
  #taken = 0

  constructor(map: SparseMap) {
    this.map = map
  }

  get isComplete(): boolean {
    return this.#missing === 0 && this.#taken % blockSize === 0
  }

  take(bytes: Uint8Array): number {
    let at = 0
    while (at < bytes.length && this.#missing !== 0) this.#takeByte(bytes[at++] ?? 0)
    this.#taken += at
    if (this.#missing !== 0) return at
    const rest = Math.min(bytes.length - at, (blockSize - (this.#taken % blockSize)) % blockSize)
    this.#taken += rest
    return at + rest
  }

  #takeByte(byte: number): void {
    const isNumberOver = byte === 0x0a && this.#digits > 0
    const digit = byte - 0x30
    if (!isNumberOver) {
      this.#value = this.#value * 10 + digit
      this.#digits += 1
      if (digit < 0 || digit > 9 || this.#digits > 16 || this.#value > Number.MAX_SAFE_INTEGER) {
        throw this.map.unreadable()
      }
      return
    }
    if (this.#missing === undefined) {
      this.map.expect(this.#value)
      this.#missing = this.#value * 2
    } else {
      if (this.#offset === undefined) this.#offset = this.#value
      else {
        this.map.add(this.#offset, this.#value)
        this.#offset = undefined
      }
      this.#missing -= 1
    }
    this.#value = 0
    this.#digits = 0
  }
}
