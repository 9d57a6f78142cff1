import type { FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

const chunk = 64 * 1024
const lineFeed = 10

/**
 * Whole lines of an open file between two offsets, in batches, each with the offset behind it. What
 * follows the last line feed is left out.
 */
export async function* readForward(
  handle: FileHandle,
  from: number,
  to: number,
): AsyncIterable<{ lines: string[]; offset: number }> {
  let rest: Buffer = Buffer.alloc(0)
  for (let offset = from; offset < to;) {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(chunk), 0, Math.min(chunk, to - offset), offset)
    if (bytesRead === 0) return
    offset += bytesRead
    const data = Buffer.concat([rest, buffer.subarray(0, bytesRead)])
    const end = data.lastIndexOf(lineFeed)
    rest = data.subarray(end + 1)
    if (end !== -1) yield { lines: data.toString('utf8', 0, end).split('\n'), offset: offset - rest.length }
  }
}

/** Whole lines of an open file from an offset back to its beginning, in batches, each from its end. */
export async function* readBackward(handle: FileHandle, from: number): AsyncIterable<string[]> {
  let rest: Buffer = Buffer.alloc(0)
  for (let offset = from; offset > 0;) {
    const length = Math.min(chunk, offset)
    offset -= length
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, offset)
    const data = Buffer.concat([buffer.subarray(0, bytesRead), rest])
    const begin = offset === 0 ? -1 : data.indexOf(lineFeed)
    if (offset > 0 && begin === -1) {
      rest = data
      continue
    }
    rest = data.subarray(0, begin + 1)
    const text = data.toString('utf8', begin + 1)
    yield text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .slice(0, -1)
      .toReversed()
  }
}

/** Whole lines of a compressed file, in batches. A damaged one fails. The handle stays open. */
export async function* readCompressed(handle: FileHandle): AsyncIterable<string[]> {
  const gunzip = createGunzip()
  pipeline(handle.createReadStream({ start: 0, autoClose: false }), gunzip, () => undefined)
  let rest: Buffer = Buffer.alloc(0)
  for await (const part of gunzip as AsyncIterable<Buffer>) {
    const data = Buffer.concat([rest, part])
    const end = data.lastIndexOf(lineFeed)
    rest = data.subarray(end + 1)
    if (end !== -1) yield data.toString('utf8', 0, end).split('\n')
  }
}
