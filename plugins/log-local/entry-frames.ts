import { readForward, type RecordFormat, type StoredRecord } from '@moby/lib-log-files'
import { decodeEntry } from './decode-entry.ts'
import { TimeReader } from './entry-time.ts'

/** Bytes of each of the two lengths of a frame. */
const lengthBytes = 4
const lengths = 2 * lengthBytes
/** Bytes of a message that are believed: what a call of the contract may carry, and some words. dockerd reads 1 MB. */
const longestMessage = 8 * 1024 * 1024 + 1024
const longestFrame = longestMessage + lengths

/**
 * Files of dockerd's driver local: `container.log`, messages framed by their length. The second length lets a file be read
 * from its end. Where a length is damaged, the next place that is a whole frame with a record in it is looked for.
 */
export const entryFrames: RecordFormat = {
  fileName: () => 'container.log',

  forward: (bytes, { isEnd }, damaged) => {
    const times = new TimeReader()
    const records: StoredRecord[] = []
    let at = 0
    while (bytes.length - at >= lengths) {
      const size = bytes.readUInt32BE(at)
      if (isSize(size) && at + lengths + size > bytes.length && !isEnd) break
      const record = frameAt(bytes, at, times)
      if (record === undefined) {
        const next = findFrame(bytes, at + 1, times)
        if (next === undefined) {
          // A frame that began earlier would have its end here, and would have been found.
          if (!isEnd) at = Math.max(at, bytes.length - longestFrame)
          break
        }
        damaged()
        at = next
        continue
      }
      records.push(record)
      at += lengths + size
    }
    return { records, used: at }
  },

  backward: (bytes, { isBegin, isEnd }, damaged) => {
    const times = new TimeReader()
    const records: StoredRecord[] = []
    let left = bytes.length
    while (left >= lengths) {
      const size = bytes.readUInt32BE(left - lengthBytes)
      const begin = left - lengths - size
      if (isSize(size) && begin < 0 && !isBegin) break
      const record = begin < 0 ? undefined : frameAt(bytes, begin, times)
      if (record === undefined) {
        const end = findFrameBack(bytes, left - 1, times)
        // The end of a file may be a frame that was not finished.
        const isUnfinished = isEnd && records.length === 0
        if (!isUnfinished && (isBegin || end !== undefined)) damaged()
        if (end === undefined)
          return { records: records.toReversed(), left: isBegin ? 0 : Math.min(left, longestFrame) }
        left = end
        continue
      }
      records.push(record)
      left = begin
    }
    return { records: records.toReversed(), left }
  },

  /** A frame without its end is cut off: dockerd would read nothing behind it. */
  mend: async (file, size) => {
    const ends = await readLengths(file, size)
    if (ends !== undefined && ends.first === ends.last) return size
    let whole = 0
    const part = { from: 0, to: size }
    for await (const { records, offset } of readForward(file, entryFrames, part, () => undefined)) {
      if (records.length > 0) whole = offset
    }
    await file.truncate(whole)
    return whole
  },
}

/** The two lengths of the last frame, if the file is long enough for what the second one says. */
async function readLengths(
  file: Parameters<RecordFormat['mend']>[0],
  size: number,
): Promise<{ first: number; last: number } | undefined> {
  if (size < lengths) return undefined
  const last = await readLength(file, size - lengthBytes)
  const begin = size - lengths - last
  return isSize(last) && begin >= 0 ? { first: await readLength(file, begin), last } : undefined
}

async function readLength(file: Parameters<RecordFormat['mend']>[0], at: number): Promise<number> {
  const { buffer } = await file.read(Buffer.alloc(lengthBytes), 0, lengthBytes, at)
  return buffer.readUInt32BE(0)
}

/** A message that says nothing is no record, and zeros are what a power cut leaves. */
function isSize(size: number): boolean {
  return size > 0 && size <= longestMessage
}

/** The record of the frame that begins here; undefined where none does, or not all of it is there. */
function frameAt(bytes: Buffer, at: number, times: TimeReader): StoredRecord | undefined {
  const size = bytes.readUInt32BE(at)
  const end = at + lengthBytes + size
  if (!isSize(size) || end + lengthBytes > bytes.length || bytes.readUInt32BE(end) !== size) return undefined
  return decodeEntry(bytes, at + lengthBytes, end, times)
}

/** Where the next frame begins. */
function findFrame(bytes: Buffer, from: number, times: TimeReader): number | undefined {
  for (let at = from; at <= bytes.length - lengths; at += 1) {
    if (frameAt(bytes, at, times) !== undefined) return at
  }
  return undefined
}

/** Where the last frame that ends not behind `from` has its end. */
function findFrameBack(bytes: Buffer, from: number, times: TimeReader): number | undefined {
  for (let end = from; end >= lengths; end -= 1) {
    const begin = end - lengths - bytes.readUInt32BE(end - lengthBytes)
    if (begin >= 0 && frameAt(bytes, begin, times) !== undefined) return end
  }
  return undefined
}
