import type { FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** Bytes read at a time. */
const chunk = 128 * 1024
/** A line that is longer is read in pieces that grow with it, up to this. */
const largestChunk = 4 * 1024 * 1024
const lineFeed = 10
const nothing = Buffer.alloc(0)

/**
 * Whole lines of an open file between two offsets, in batches with their line feeds, each with the offset behind it.
 * What follows the last line feed is left out.
 */
export async function* readForward(
  handle: FileHandle,
  from: number,
  to: number,
): AsyncIterable<{ lines: Buffer; offset: number }> {
  let rest = nothing
  for (let offset = from; offset < to;) {
    const length = Math.min(pieceAfter(rest), to - offset)
    const data = Buffer.allocUnsafeSlow(rest.length + length)
    const { bytesRead } = await handle.read(data, rest.length, length, offset)
    if (bytesRead === 0) return
    data.set(rest)
    offset += bytesRead
    const filled = data.subarray(0, rest.length + bytesRead)
    const end = filled.lastIndexOf(lineFeed) + 1
    rest = filled.subarray(end)
    if (end > 0) yield { lines: filled.subarray(0, end), offset: offset - rest.length }
  }
}

/** Whole lines of an open file from an offset back to its beginning: the last batch of them first. */
export async function* readBackward(handle: FileHandle, from: number): AsyncIterable<Buffer> {
  let rest = nothing
  let isLast = true
  for (let offset = from; offset > 0;) {
    const length = Math.min(pieceAfter(rest), offset)
    offset -= length
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafeSlow(length), 0, length, offset)
    const data = Buffer.concat([buffer.subarray(0, bytesRead), rest])
    const begin = offset === 0 ? 0 : data.indexOf(lineFeed) + 1
    if (offset > 0 && begin === 0) {
      rest = data
      continue
    }
    rest = data.subarray(0, begin)
    const end = isLast ? data.lastIndexOf(lineFeed) + 1 : data.length
    isLast = false
    if (end > begin) yield data.subarray(begin, end)
  }
}

/** Whole lines of a compressed file, in batches with their line feeds. A damaged one fails. The handle stays open. */
export async function* readCompressed(handle: FileHandle): AsyncIterable<Buffer> {
  const gunzip = createGunzip({ chunkSize: chunk })
  pipeline(handle.createReadStream({ start: 0, autoClose: false }), gunzip, () => undefined)
  let pieces: Buffer[] = []
  for await (const part of gunzip as AsyncIterable<Buffer>) {
    const end = part.lastIndexOf(lineFeed) + 1
    if (end === 0) pieces.push(part)
    else {
      yield Buffer.concat([...pieces, part.subarray(0, end)])
      pieces = [part.subarray(end)]
    }
  }
}

function pieceAfter(rest: Buffer): number {
  return Math.min(Math.max(chunk, rest.length), largestChunk)
}
