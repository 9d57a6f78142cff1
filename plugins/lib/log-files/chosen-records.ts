import type { LogRecord } from '@moby/contracts'
import type { ReadRequest } from './read-log.ts'
import type { StoredRecord } from './record-format.ts'
import { sortableTime } from './sortable-time.ts'

/** What a request chooses by time and stream among the records, as they are handed out. */
export class ChosenRecords {
  readonly #since: string
  readonly #until: string | undefined
  readonly #streams: ReadRequest['streams']
  readonly #pieces = new PieceNumbers()
  /** True once there was a record later than `until`. */
  ended = false

  constructor({ since, until, streams }: ReadRequest) {
    this.#streams = streams
    this.#since = since === undefined ? '' : (sortableTime(since) ?? '')
    this.#until = until === undefined ? undefined : sortableTime(until)
  }

  of(batch: readonly StoredRecord[]): LogRecord[] {
    const records: LogRecord[] = []
    for (const record of batch) {
      if (this.#until !== undefined && record.time > this.#until) {
        this.ended = true
        break
      }
      const numbered = this.#pieces.number(record)
      const isWanted = record.time >= this.#since && this.#streams?.includes(record.stream) !== false
      if (isWanted) records.push(numbered)
    }
    return records
  }
}

/** Gives the pieces of a line their numbers; a file may not keep them. */
class PieceNumbers {
  readonly #open = new Map<LogRecord['stream'], { id: string; ordinal: number }>()
  #count = 0

  number({ stream, time, line, whole }: StoredRecord): LogRecord {
    if (whole && this.#open.size === 0) return { stream, time, line }
    let piece = this.#open.get(stream)
    if (whole && piece === undefined) return { stream, time, line }
    if (piece === undefined) {
      this.#count += 1
      piece = { id: `${stream}-${this.#count}`, ordinal: 0 }
      this.#open.set(stream, piece)
    }
    piece.ordinal += 1
    if (whole) this.#open.delete(stream)
    return { stream, time, line, partial: { id: piece.id, ordinal: piece.ordinal, last: whole } }
  }
}
