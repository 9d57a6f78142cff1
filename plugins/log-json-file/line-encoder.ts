import { isUtf8 } from 'node:buffer'
import type { LogRecord } from '@moby/contracts'
import { encodeRecord } from './encode-record.ts'

const firstCapacity = 4 * 1024
/** Bytes of memory that are kept from one batch to the next. */
const keptCapacity = 512 * 1024
/** Bytes from which one call copies faster than a loop. */
const copyFrom = 32

const [quote, backslash, firstPlain, firstHigh] = [0x22, 0x5c, 0x20, 0x80]

/**
 * Lines of the file, put together in one piece of memory. It gives the bytes of `encodeRecord`; a line without anything
 * that JSON escapes, as most are, is copied, and no text is made of it.
 */
export class LineEncoder {
  readonly #attributes: string
  readonly #head = Buffer.from('{"log":"')
  readonly #tail = Buffer.from('"}\n')
  /** What stands between line and time: of a whole line, and of a piece that goes on. */
  readonly #between: Readonly<Record<LogRecord['stream'], { readonly whole: Buffer; readonly piece: Buffer }>>
  /** A log that nobody writes to needs none. */
  #bytes = Buffer.alloc(0)
  #length = 0
  /** Times, and where they belong: written together, they cost a third. */
  #times: string[] = []
  #timesAt: number[] = []

  /** `attributes` is JSON, or empty. */
  constructor(attributes: string) {
    this.#attributes = attributes
    const attrs = attributes === '' ? '' : `"attrs":${attributes},`
    const between = (stream: LogRecord['stream']) => {
      const text = `","stream":"${stream}",${attrs}"time":"`
      return { whole: Buffer.from(`\\n${text}`), piece: Buffer.from(text) }
    }
    this.#between = { stdout: between('stdout'), stderr: between('stderr') }
  }

  /** Bytes of what was added since they were taken. */
  get length(): number {
    return this.#length
  }

  add(record: LogRecord): void {
    const { line, stream, time, partial } = record
    const between = partial === undefined || partial.last ? this.#between[stream].whole : this.#between[stream].piece
    const size = this.#head.length + line.length + between.length + time.length + this.#tail.length
    this.#reserve(size)
    const begin = this.#length
    this.#bytes.set(this.#head, begin)
    let at = begin + this.#head.length
    if (!copyPlain(line, this.#bytes, at)) {
      this.#addText(encodeRecord(record, this.#attributes))
      return
    }
    at += line.length
    this.#bytes.set(between, at)
    at += between.length
    this.#times.push(time)
    this.#timesAt.push(at)
    this.#bytes.set(this.#tail, at + time.length)
    this.#length = begin + size
  }

  /** What was added. It stays as it is until the next call of `add`. */
  take(): Buffer {
    this.#writeTimes()
    const taken = this.#bytes.subarray(0, this.#length)
    if (this.#bytes.length > keptCapacity) this.#bytes = Buffer.alloc(0)
    this.#length = 0
    return taken
  }

  #writeTimes(): void {
    const text = this.#times.join('')
    this.#reserve(text.length)
    this.#bytes.write(text, this.#length, 'latin1')
    let from = this.#length
    for (const [index, { length }] of this.#times.entries()) {
      this.#bytes.copyWithin(this.#timesAt[index] as number, from, from + length)
      from += length
    }
    this.#times = []
    this.#timesAt = []
  }

  #addText(text: string): void {
    this.#reserve(Buffer.byteLength(text))
    this.#length += this.#bytes.write(text, this.#length)
  }

  #reserve(size: number): void {
    const wanted = this.#length + size
    if (wanted <= this.#bytes.length) return
    const more = Buffer.allocUnsafeSlow(Math.max(firstCapacity, wanted, this.#bytes.length * 2))
    this.#bytes.copy(more, 0, 0, this.#length)
    this.#bytes = more
  }
}

/** Copies a line that is the same as a text of JSON; false for one that is not. */
function copyPlain(line: Uint8Array, to: Uint8Array, at: number): boolean {
  let high = false
  const isShort = line.length < copyFrom
  for (let index = 0; index < line.length; index += 1) {
    const byte = line[index] as number
    if (byte < firstPlain || byte === quote || byte === backslash) return false
    if (byte >= firstHigh) high = true
    if (isShort) to[at + index] = byte
  }
  if (high && !isUtf8(line)) return false
  if (!isShort) to.set(line, at)
  return true
}
