import type { LogBatch, LogRecord } from '@moby/contracts'
import { frameTypes } from './frames.ts'

const headLength = 8
const lineFeed = 10
/** Bytes from which one call copies faster than a loop. */
const copyFrom = 32

/**
 * Log records as clients read them: each line with a line feed, unless more of it follows, in a frame of its own where
 * `framed`. `front` gives what stands in front of a line. A batch is written in one piece.
 */
export class LineFrames {
  readonly #headLength: number
  readonly #front: ((record: LogRecord) => string) | undefined

  constructor({ framed, front }: { framed: boolean; front: ((record: LogRecord) => string) | undefined }) {
    this.#headLength = framed ? headLength : 0
    this.#front = front
  }

  write(batch: LogBatch): Buffer {
    const fronts = this.#front === undefined ? undefined : this.#fronts(batch, this.#front)
    const frontBytes = fronts?.reduce((sum, front) => sum + front.length, 0) ?? 0
    const bytes = batch.reduce((sum, { line }) => sum + this.#headLength + line.length + 1, frontBytes)
    const written = Buffer.allocUnsafeSlow(bytes)
    let at = 0
    batch.forEach((record, index) => (at = this.#add(written, at, record, fronts?.[index])))
    return written.subarray(0, at)
  }

  #fronts(batch: LogBatch, front: (record: LogRecord) => string): Buffer[] {
    const none = Buffer.alloc(0)
    return batch.map((record) => {
      const beginsLine = record.partial === undefined || record.partial.ordinal === 1
      return beginsLine ? Buffer.from(front(record)) : none
    })
  }

  /** Answers where the next one begins. */
  #add(to: Buffer, begin: number, { stream, line, partial }: LogRecord, front: Buffer | undefined): number {
    const isEnd = partial === undefined || partial.last
    let at = begin + this.#headLength
    if (front !== undefined) {
      to.set(front, at)
      at += front.length
    }
    if (line.length < copyFrom)
      for (let index = 0; index < line.length; index += 1) to[at + index] = line[index] as number
    else to.set(line, at)
    at += line.length
    if (isEnd) {
      to[at] = lineFeed
      at += 1
    }
    if (this.#headLength > 0) {
      to.writeUInt32BE(frameTypes[stream] * 0x1000000, begin)
      to.writeUInt32BE(at - begin - headLength, begin + 4)
    }
    return at
  }
}
