import type { FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { RecordFormat, StoredRecord } from './record-format.ts'

/** Bytes read at a time. */
const chunk = 128 * 1024
/** A record that is longer is read in pieces that grow with it, up to this. */
const largestChunk = 4 * 1024 * 1024
const nothing = Buffer.alloc(0)

/**
 * Whole records of an open file between two offsets, in batches, each with the offset behind it. What follows the last of
 * them is left out; of a file that is `growing` it may be a record that comes.
 */
export async function* readForward(
  handle: Pick<FileHandle, 'read'>,
  format: RecordFormat,
  part: { readonly from: number; readonly to: number; readonly growing?: boolean },
  damaged: () => void,
): AsyncIterable<{ records: StoredRecord[]; offset: number }> {
  let rest = nothing
  for (let offset = part.from; offset < part.to;) {
    const length = Math.min(pieceAfter(rest), part.to - offset)
    const data = Buffer.allocUnsafeSlow(rest.length + length)
    const { bytesRead } = await handle.read(data, rest.length, length, offset)
    if (bytesRead === 0) return
    data.set(rest)
    offset += bytesRead
    const filled = data.subarray(0, rest.length + bytesRead)
    const isEnd = offset >= part.to && part.growing !== true
    const { records, used } = format.forward(filled, { isEnd }, damaged)
    rest = filled.subarray(used)
    if (used > 0) yield { records, offset: offset - rest.length }
  }
}

/** Whole records of an open file from an offset back to its beginning: the last batch of them first. */
export async function* readBackward(
  handle: FileHandle,
  format: RecordFormat,
  from: number,
  damaged: () => void,
): AsyncIterable<StoredRecord[]> {
  let rest = nothing
  let isEnd = true
  for (let offset = from; offset > 0;) {
    const length = Math.min(pieceAfter(rest), offset)
    offset -= length
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafeSlow(length), 0, length, offset)
    const data = Buffer.concat([buffer.subarray(0, bytesRead), rest])
    const { records, left } = format.backward(data, { isBegin: offset === 0, isEnd }, damaged)
    rest = data.subarray(0, left)
    if (left < data.length) isEnd = false
    if (records.length > 0) yield records
  }
}

/** Whole records of a compressed file, in batches. A damaged one fails. The handle stays open. */
export async function* readCompressed(
  handle: FileHandle,
  format: RecordFormat,
  damaged: () => void,
): AsyncIterable<StoredRecord[]> {
  const gunzip = createGunzip({ chunkSize: chunk })
  pipeline(handle.createReadStream({ start: 0, autoClose: false }), gunzip, () => undefined)
  let rest = nothing
  let pieces: Buffer[] = []
  let length = 0
  const decode = (isEnd: boolean) => {
    const bytes = Buffer.concat([rest, ...pieces])
    pieces = []
    length = 0
    const { records, used } = format.forward(bytes, { isEnd }, damaged)
    rest = bytes.subarray(used)
    return records
  }
  for await (const piece of gunzip as AsyncIterable<Buffer>) {
    pieces.push(piece)
    length += piece.length
    // A long record is tried again only when as much has come as there was.
    if (length >= rest.length) yield decode(false)
  }
  yield decode(true)
}

function pieceAfter(rest: Buffer): number {
  return Math.min(Math.max(chunk, rest.length), largestChunk)
}
