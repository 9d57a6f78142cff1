import { isUtf8 } from 'node:buffer'
import type { LogRecord } from '@moby/contracts'
import { endsLine, GrowingBytes, type RecordEncoder } from '@moby/lib-log-files'
import { encodeRecord } from './encode-record.ts'

/** Bytes from which one call copies faster than a loop. */
const copyFrom = 32

const [quote, backslash, firstPlain, firstHigh] = [0x22, 0x5c, 0x20, 0x80]

/**
 * Lines of the file, put together in one piece of memory. It gives the bytes of `encodeRecord`; a line without anything
 * that JSON escapes, as most are, is copied, and no text is made of it.
 */
export class LineEncoder implements RecordEncoder {
  readonly #attributes: string
  readonly #head = Buffer.from('{"log":"')
  readonly #tail = Buffer.from('"}\n')
  /** What stands between line and time: of a whole line, and of a piece that goes on. */
  readonly #between: Readonly<Record<LogRecord['stream'], { readonly whole: Buffer; readonly piece: Buffer }>>
  readonly #out = new GrowingBytes()
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

  get length(): number {
    return this.#out.length
  }

  add(record: LogRecord): void {
    const { line, stream, time } = record
    const between = endsLine(record) ? this.#between[stream].whole : this.#between[stream].piece
    const size = this.#head.length + line.length + between.length + time.length + this.#tail.length
    const out = this.#out
    out.reserve(size)
    const { bytes, length: begin } = out
    bytes.set(this.#head, begin)
    let at = begin + this.#head.length
    if (!copyPlain(line, bytes, at)) {
      this.#addText(encodeRecord(record, this.#attributes))
      return
    }
    at += line.length
    bytes.set(between, at)
    at += between.length
    this.#times.push(time)
    this.#timesAt.push(at)
    bytes.set(this.#tail, at + time.length)
    out.length = begin + size
  }

  take(): Buffer {
    this.#writeTimes()
    return this.#out.take()
  }

  #writeTimes(): void {
    const text = this.#times.join('')
    this.#out.reserve(text.length)
    const { bytes, length } = this.#out
    bytes.write(text, length, 'latin1')
    let from = length
    for (const [index, { length: size }] of this.#times.entries()) {
      bytes.copyWithin(this.#timesAt[index] as number, from, from + size)
      from += size
    }
    this.#times = []
    this.#timesAt = []
  }

  #addText(text: string): void {
    this.#out.reserve(Buffer.byteLength(text))
    this.#out.length += this.#out.bytes.write(text, this.#out.length)
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
