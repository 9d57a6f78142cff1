import { LogEntry } from './log-entry.ts'

/** Bytes of one entry that are read; Docker's own pieces have 16 KiB and some words. */
export const longestEntry = 1024 * 1024

/** An entry with its length before it, as one piece for the FIFO. */
export function frameEntry(entry: Partial<LogEntry>): Buffer {
  const body = LogEntry.encode(entry)
  const frame = Buffer.allocUnsafe(4 + body.length)
  frame.writeUInt32BE(body.length)
  frame.set(body, 4)
  return frame
}

/** Cuts bytes that come in any pieces into entries. */
export class EntryReader {
  #rest: Buffer = Buffer.alloc(0)

  /** The entries that these bytes complete. Throws on a length over the limit and on what is no entry. */
  push(data: Buffer): LogEntry[] {
    this.#rest = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data])
    const entries: LogEntry[] = []
    let offset = 0
    while (this.#rest.length - offset >= 4) {
      const length = this.#rest.readUInt32BE(offset)
      if (length > longestEntry)
        throw new RangeError(`a log entry of ${length} bytes, where ${longestEntry} are allowed`)
      if (this.#rest.length - offset < 4 + length) break
      entries.push(LogEntry.decode(this.#rest.subarray(offset + 4, offset + 4 + length)))
      offset += 4 + length
    }
    this.#rest = this.#rest.subarray(offset)
    return entries
  }

  /** Bytes of an entry that has not come to its end. */
  get pending(): number {
    return this.#rest.length
  }
}
