import { randomBytes } from 'node:crypto'
import type { LogRecord } from '@moby/contracts'
import type { Clock } from '../clock/clock.ts'

/** Longest piece of a line, as in Docker. */
export const pieceLimit = 16 * 1024

const lineFeed = 10
/** Bytes that are looked at here; most lines end sooner than a search for their end is begun. */
const near = 64

/**
 * Cuts a stream of bytes into log records: lines, and pieces of 16 KiB of those that are longer.
 * `position` follows the end of the last record, so that the bytes of an unfinished line count as
 * not yet taken.
 */
export class LineSplitter {
  readonly #stream: LogRecord['stream']
  readonly #clock: Clock
  #buffer: Buffer = Buffer.alloc(0)
  #offset = 0
  #searched = 0
  #partial: { id: string; ordinal: number; time: string } | undefined
  #position: number

  constructor(stream: LogRecord['stream'], position: number, clock: Clock) {
    this.#stream = stream
    this.#position = position
    this.#clock = clock
  }

  /** Position behind the last record. */
  get position(): number {
    return this.#position
  }

  /** Position of the next byte to be pushed. */
  get next(): number {
    return this.#position + this.#buffer.length - this.#offset
  }

  push(data: Buffer): void {
    const rest = this.#buffer.subarray(this.#offset)
    this.#buffer = rest.length === 0 ? data : Buffer.concat([rest, data])
    this.#searched = Math.max(0, this.#searched - this.#offset)
    this.#offset = 0
  }

  /** Appends up to `limit` complete records of what was pushed. */
  take(records: LogRecord[], limit: number): void {
    for (let count = 0; count < limit; count += 1) {
      const end = findLineFeed(this.#buffer, Math.max(this.#offset, this.#searched))
      const length = (end === -1 ? this.#buffer.length : end) - this.#offset
      if (length >= pieceLimit) {
        records.push(this.#piece(this.#cut(pieceLimit), false))
        this.#position += pieceLimit
      } else if (end === -1) {
        this.#searched = this.#buffer.length
        return
      } else {
        const line = this.#cut(length)
        this.#offset += 1
        this.#position += length + 1
        records.push(this.#partial === undefined ? this.#line(line) : this.#piece(line, true))
      }
    }
  }

  /** Appends what is left without a line feed: the process has ended. The next byte begins a line. */
  flush(records: LogRecord[]): void {
    const rest = this.#buffer.length - this.#offset
    if (rest > 0) records.push(this.#piece(this.#cut(rest), false))
    this.#position += rest
    this.#partial = undefined
  }

  #cut(length: number): Buffer {
    const line = this.#buffer.subarray(this.#offset, this.#offset + length)
    this.#offset += length
    return line
  }

  #line(line: Buffer): LogRecord {
    return { stream: this.#stream, time: this.#clock.next(), line }
  }

  #piece(line: Buffer, last: boolean): LogRecord {
    this.#partial ??= { id: randomBytes(32).toString('hex'), ordinal: 0, time: this.#clock.next() }
    this.#partial.ordinal += 1
    const { id, ordinal, time } = this.#partial
    if (last) this.#partial = undefined
    return { stream: this.#stream, time, line, partial: { id, ordinal, last } }
  }
}

/** Where the next line feed is from an offset on, -1 where there is none. */
function findLineFeed(bytes: Buffer, from: number): number {
  const end = Math.min(bytes.length, from + near)
  for (let at = from; at < end; at += 1) if (bytes[at] === lineFeed) return at
  return bytes.indexOf(lineFeed, end)
}
