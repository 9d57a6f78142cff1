import type { LogRecord } from '@moby/contracts'
import { GrowingBytes, type RecordEncoder } from '@moby/lib-log-files'
import { TimeWriter, type Limbs } from './entry-time.ts'
import { bytesTag, varintTag } from './entry-fields.ts'

/** Bytes of the two lengths of a frame. */
const lengths = 8
const longestVarint = 10
const seven = 0x7f
const more = 0x80

/** Source, and the tag of the time that follows it. */
const beginOf = (stream: LogRecord['stream']) =>
  Buffer.from([bytesTag(1), stream.length, ...Buffer.from(stream), varintTag(2)])
const begins = { stdout: beginOf('stdout'), stderr: beginOf('stderr') }
const none = Buffer.alloc(0)

/**
 * Records as protobuf messages, each with its length before and behind it in 32 bits, the highest first. Members that say
 * nothing are left out, and the others stand by their numbers, as dockerd writes them. Source: moby
 * api/types/plugins/logdriver/entry.proto.
 */
export class EntryEncoder implements RecordEncoder {
  readonly #out = new GrowingBytes()
  readonly #time = new TimeWriter()

  get length(): number {
    return this.#out.length
  }

  add({ stream, time, line, partial }: LogRecord): void {
    const begin = begins[stream]
    const end = partial === undefined ? none : encodePiece(partial)
    const out = this.#out
    out.reserve(lengths + begin.length + 2 * longestVarint + line.length + end.length)
    const { bytes, length } = out
    let at = length + lengths / 2
    bytes.set(begin, at)
    at = writeTime(bytes, at + begin.length, this.#time.write(time))
    if (line.length > 0) {
      bytes[at] = bytesTag(3)
      at = writeVarint(bytes, at + 1, line.length)
      bytes.set(line, at)
      at += line.length
    }
    bytes.set(end, at)
    at += end.length
    const size = at - length - lengths / 2
    bytes.writeUInt32BE(size, length)
    bytes.writeUInt32BE(size, at)
    out.length = at + lengths / 2
  }

  take(): Buffer {
    return this.#out.take()
  }
}

/** That the record is a piece of a line, and of which. */
function encodePiece({ id, ordinal, last }: NonNullable<LogRecord['partial']>): Buffer {
  const name = Buffer.from(id)
  const piece = [
    ...(last ? [varintTag(1), 1] : []),
    ...(name.length > 0 ? [bytesTag(2), ...varint(name.length), ...name] : []),
    varintTag(3),
    ...varint(ordinal),
  ]
  return Buffer.from([varintTag(4), 1, bytesTag(5), ...varint(piece.length), ...piece])
}

function varint(value: number): number[] {
  const bytes: number[] = []
  writeVarint(bytes, 0, value)
  return bytes
}

/** Up to 2^53. Answers where it ends. */
function writeVarint(bytes: Uint8Array | number[], from: number, value: number): number {
  let at = from
  let rest = value
  for (; rest > seven; rest = Math.floor(rest / more)) bytes[at++] = (rest % more) | more
  bytes[at++] = rest
  return at
}

function writeTime(bytes: Uint8Array, from: number, { low, middle, high }: Limbs): number {
  let at = from
  for (const part of [low, middle]) {
    for (let shift = 0; shift < 28; shift += 7) bytes[at++] = ((part >> shift) & seven) | more
  }
  at = writeVarint(bytes, at, high)
  // A number has no zeros at its end.
  for (; at - from > 1 && bytes[at - 1] === 0; at -= 1) bytes[at - 2] = (bytes[at - 2] as number) & seven
  return at
}
