import type { LogRecord } from '@moby/contracts'
import type { StoredRecord } from '@moby/lib-log-files'
import { bytesTag, varintTag, wire } from './entry-fields.ts'
import type { Limbs, TimeReader } from './entry-time.ts'

/** What reads one message; its members are where the reading stands. */
interface Cursor {
  readonly bytes: Buffer
  at: number
  readonly end: number
}

const noTime: Limbs = { low: 0, middle: 0, high: 0 }
const longestVarint = 10

/** The record of a message between two offsets; undefined for what is none. Members that are not known are passed over. */
export function decodeEntry(bytes: Buffer, begin: number, end: number, times: TimeReader): StoredRecord | undefined {
  const cursor: Cursor = { bytes, at: begin, end }
  let stream: LogRecord['stream'] | undefined
  let time = noTime
  let line = bytes.subarray(end, end)
  let isPiece = false
  let isLast = false
  while (cursor.at < end) {
    const tag = bytes[cursor.at++] as number
    if (tag === bytesTag(1)) {
      const source = readBytes(cursor)
      stream = source === undefined ? undefined : streamOf(source)
      if (stream === undefined) return undefined
    } else if (tag === varintTag(2)) {
      const limbs = readVarint(cursor)
      if (limbs === undefined) return undefined
      time = limbs
    } else if (tag === bytesTag(3)) {
      const found = readBytes(cursor)
      if (found === undefined) return undefined
      line = found
    } else if (tag === varintTag(4)) {
      const flag = readVarint(cursor)
      if (flag === undefined) return undefined
      isPiece = flag.low !== 0
    } else if (tag === bytesTag(5)) {
      const last = readLast(cursor)
      if (last === undefined) return undefined
      isLast = last
    } else if (!skip(cursor, tag)) return undefined
  }
  return stream === undefined ? undefined : { stream, time: times.read(time), line, whole: !isPiece || isLast }
}

function streamOf(source: Buffer): LogRecord['stream'] | undefined {
  const name = source.toString('latin1')
  return name === 'stdout' || name === 'stderr' ? name : undefined
}

/** Of the message about a piece, whether it is the last of its line; undefined for what is no such message. */
function readLast(outer: Cursor): boolean | undefined {
  const inner = readBytes(outer)
  if (inner === undefined) return undefined
  const cursor: Cursor = { bytes: inner, at: 0, end: inner.length }
  let last = false
  while (cursor.at < cursor.end) {
    const tag = inner[cursor.at++] as number
    if (tag !== varintTag(1)) {
      if (!skip(cursor, tag)) return undefined
      continue
    }
    const flag = readVarint(cursor)
    if (flag === undefined) return undefined
    last = flag.low !== 0
  }
  return last
}

function readBytes(cursor: Cursor): Buffer | undefined {
  const length = readVarint(cursor)
  if (length === undefined || length.middle !== 0 || length.high !== 0) return undefined
  const end = cursor.at + length.low
  if (end > cursor.end) return undefined
  const found = cursor.bytes.subarray(cursor.at, end)
  cursor.at = end
  return found
}

/** Seven bits in each byte, the lowest first; the highest bit tells that there are more. */
function readVarint(cursor: Cursor): Limbs | undefined {
  let [low, middle, high] = [0, 0, 0]
  for (let index = 0; index < longestVarint && cursor.at < cursor.end; index += 1) {
    const byte = cursor.bytes[cursor.at++] as number
    const bits = byte & 0x7f
    if (index < 4) low |= bits << (7 * index)
    else if (index < 8) middle |= bits << (7 * (index - 4))
    else high |= bits << (7 * (index - 8))
    if (byte < 0x80) return { low, middle, high: high & 0xff }
  }
  return undefined
}

/** Passes over a member that is not known, whose tag may go on; false for what is none. */
function skip(cursor: Cursor, first: number): boolean {
  cursor.at -= 1
  const tag = readVarint(cursor)
  if (tag === undefined || first >> 3 === 0) return false
  const form = first & 7
  if (form === wire.varint) return readVarint(cursor) !== undefined
  if (form === wire.bytes) return readBytes(cursor) !== undefined
  cursor.at += form === wire.fixed64 ? 8 : form === wire.fixed32 ? 4 : Infinity
  return cursor.at <= cursor.end
}
