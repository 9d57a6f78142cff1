import { entryError, placeError } from './archive-error.ts'
import { blockSize, paddingOf, type TarEntry } from './entry.ts'
import type { Hole } from './hole.ts'
import { defaultLimits, type TarLimits } from './limits.ts'
import { readPax } from './pax.ts'
import { entryName, makeEntry, readHeader, type Extensions, type RawHeader } from './read-header.ts'
import type { SparseContent } from './sparse-content.ts'
import { sparseForm } from './sparse-form.ts'
import { openSparseMap, type SparseSource } from './sparse-source.ts'

/**
 * An entry, or a piece of the content of the entry before it. Pieces are views into what was pushed, or holes; together
 * they are as long as the entry says.
 */
export type TarEvent = TarEntry | Uint8Array | Hole

type State = 'header' | 'extension' | 'map' | 'content' | 'padding' | 'end'

const noExtensions: Extensions = { pax: new Map(), longName: undefined, longLink: undefined }

/**
 * Reads an archive that comes in pieces of any size: ustar, pax and GNU forms, with their sparse files. Memory is
 * bounded by the limits, whatever comes. Errors: ARCHIVE_INVALID, ARCHIVE_LIMIT, and from `finish` ARCHIVE_TRUNCATED.
 */
export class TarReader {
  readonly #limits: TarLimits
  readonly #block = Buffer.alloc(blockSize)
  #state: State = 'header'
  /** Bytes of the header block, of an extension or of padding that are there or still to come. */
  #filled = 0
  #remaining = 0
  #padding = 0
  /** The map of a sparse file that is coming in, and its content once the map is known. */
  #source: SparseSource | undefined
  #sparse: SparseContent | undefined
  #extension: { header: RawHeader; content: Buffer } | undefined
  #extensions: Extensions = noExtensions
  #offset = 0
  #entries = 0
  #bytes = 0
  #trailing = 0

  constructor(limits: Partial<TarLimits> = {}) {
    this.#limits = { ...defaultLimits, ...limits }
  }

  /** Takes the next piece of the archive and tells what it held. The generator must be run to its end. */
  *push(chunk: Uint8Array): Generator<TarEvent, void> {
    let at = 0
    while (at < chunk.length) {
      const available = chunk.length - at
      if (this.#state === 'content') {
        const length = Math.min(available, this.#remaining, this.#sparse?.run ?? available)
        this.#remaining -= length
        this.#sparse?.takeData(length)
        this.#advance(length)
        if (this.#remaining === 0) this.#state = this.#padding > 0 ? 'padding' : 'header'
        yield chunk.subarray(at, at + length)
        at += length
        if (this.#sparse !== undefined) yield* this.#takeHole()
      } else if (this.#state === 'padding') {
        const length = Math.min(available, this.#padding)
        this.#padding -= length
        this.#advance(length)
        at += length
        if (this.#padding === 0) this.#state = 'header'
      } else if (this.#state === 'end') {
        this.#trailing += available
        if (this.#trailing > this.#limits.trailingBytes) {
          throw placeError('ARCHIVE_LIMIT', this.#offset, 'goes on for too long after its end mark')
        }
        this.#advance(available)
        at = chunk.length
      } else if (this.#state === 'extension') {
        at += this.#takeExtension(chunk.subarray(at))
      } else if (this.#state === 'map') {
        at += this.#takeMap(chunk.subarray(at))
        yield* this.#endMap()
      } else {
        const length = Math.min(available, blockSize - this.#filled)
        this.#block.set(chunk.subarray(at, at + length), this.#filled)
        this.#filled += length
        this.#advance(length)
        at += length
        if (this.#filled === blockSize) {
          this.#filled = 0
          const entry = this.#takeHeader()
          if (entry !== undefined) yield entry
          else if (this.#source !== undefined) yield* this.#endMap()
        }
      }
    }
  }

  /** Says that nothing more comes; without an end mark that is fine after a whole entry, where it is `optional`. */
  finish({ endMark = 'required' }: { readonly endMark?: 'required' | 'optional' } = {}): void {
    if (this.#state === 'end') return
    const isBetween = this.#state === 'padding' || (this.#state === 'header' && this.#filled === 0)
    if (endMark === 'optional' && isBetween && this.#extensions === noExtensions) return
    throw placeError('ARCHIVE_TRUNCATED', this.#offset, 'ends unexpectedly')
  }

  #advance(length: number): void {
    this.#offset += length
  }

  #takeHeader(): TarEntry | undefined {
    const start = this.#offset - blockSize
    if (this.#block[0] === 0 && this.#block.every((byte) => byte === 0)) {
      this.#state = 'end'
      return undefined
    }
    const header = readHeader(this.#block, start)
    if ('xgLK'.includes(header.typeFlag)) {
      if (header.size > this.#limits.headerBytes) {
        throw placeError('ARCHIVE_LIMIT', start, `has an extended header of ${header.size} bytes`)
      }
      this.#extension = { header, content: Buffer.alloc(header.size) }
      this.#padding = paddingOf(header.size)
      this.#filled = 0
      this.#state = 'extension'
      if (header.size === 0) this.#endExtension()
      return undefined
    }
    const extensions = this.#extensions
    const form = sparseForm(header, extensions.pax, entryName(header, extensions))
    const entry = makeEntry(header, extensions)
    this.#extensions = noExtensions
    this.#entries += 1
    if (this.#entries > this.#limits.entries) {
      throw entryError('ARCHIVE_LIMIT', entry.name, `is one more than the ${this.#limits.entries} that are allowed`)
    }
    this.#remaining = entry.size
    this.#padding = paddingOf(entry.size)
    if (form === undefined) return this.#begin(entry)
    this.#source = openSparseMap(form, header, extensions.pax, entry, this.#limits.fragments)
    this.#state = 'map'
    return undefined
  }

  /** Counts an entry and goes on to what is stored of it. */
  #begin(entry: TarEntry): TarEntry {
    this.#bytes += entry.size
    if (this.#bytes > this.#limits.bytes) {
      throw entryError('ARCHIVE_LIMIT', entry.name, `makes the contents larger than ${this.#limits.bytes} bytes`)
    }
    if (this.#remaining > 0) this.#state = 'content'
    else this.#state = this.#padding > 0 ? 'padding' : 'header'
    return entry
  }

  #takeMap(chunk: Uint8Array): number {
    const source = this.#source
    if (source === undefined) return 0
    const length = source.take(source.isContent ? chunk.subarray(0, this.#remaining) : chunk)
    if (source.isContent) this.#remaining -= length
    this.#advance(length)
    return length
  }

  /** Once the map of a sparse file is there: tells the file, and the hole that it begins with. */
  *#endMap(): Generator<TarEvent, void> {
    const source = this.#source
    if (source === undefined) return
    if (!source.isComplete) {
      if (source.isContent && this.#remaining === 0) throw source.map.unreadable()
      return
    }
    this.#source = undefined
    const content = source.map.close(this.#remaining)
    const { entry } = source.map
    this.#begin(entry)
    const { expansion } = this.#limits
    const came = this.#offset + this.#remaining
    if (expansion !== undefined && this.#bytes > expansion.from && this.#bytes > came * expansion.times) {
      const problem = `has holes that make the contents more than ${expansion.times} times as large as the archive`
      throw entryError('ARCHIVE_LIMIT', entry.name, problem)
    }
    yield entry
    this.#sparse = content
    yield* this.#takeHole()
  }

  #takeHole(): Iterable<Hole> {
    const hole = this.#sparse?.takeHole()
    if (this.#remaining === 0) this.#sparse = undefined
    return hole === undefined ? [] : [hole]
  }

  /** Collects an extended header and answers how many bytes it took. */
  #takeExtension(chunk: Uint8Array): number {
    const { content } = this.#extension ?? { content: Buffer.alloc(0) }
    const length = Math.min(chunk.length, content.length - this.#filled)
    content.set(chunk.subarray(0, length), this.#filled)
    this.#filled += length
    this.#advance(length)
    if (this.#filled === content.length) this.#endExtension()
    return length
  }

  #endExtension(): void {
    const extension = this.#extension
    this.#extension = undefined
    this.#filled = 0
    this.#state = this.#padding > 0 ? 'padding' : 'header'
    if (extension === undefined) return
    const { header, content } = extension
    if (header.typeFlag === 'x') {
      this.#extensions = { ...this.#extensions, pax: readPax(content, header.offset + blockSize) }
    } else if (header.typeFlag === 'L') {
      this.#extensions = { ...this.#extensions, longName: untilZero(content) }
    } else if (header.typeFlag === 'K') {
      this.#extensions = { ...this.#extensions, longLink: untilZero(content) }
    } else {
      // Global headers name no file; archives carry them for comments. They are only checked.
      readPax(content, header.offset + blockSize)
    }
  }
}

function untilZero(content: Buffer): string {
  const end = content.indexOf(0)
  return content.toString('latin1', 0, end === -1 ? content.length : end)
}
