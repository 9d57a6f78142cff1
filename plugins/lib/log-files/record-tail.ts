import type { LogRecord } from '@moby/contracts'
import type { StoredRecord } from './record-format.ts'

/** Collects records from the last one back until it has so many lines. */
export class RecordTail {
  readonly #limit: number
  readonly #records: StoredRecord[] = []
  readonly #seen = new Set<LogRecord['stream']>()
  #lines = 0
  full = false

  constructor(limit: number) {
    this.#limit = limit
  }

  take(records: readonly StoredRecord[]): void {
    for (const record of records) {
      const endsLine = record.whole || !this.#seen.has(record.stream)
      if (endsLine && this.#lines === this.#limit) {
        this.full = true
        return
      }
      if (endsLine) this.#lines += 1
      this.#seen.add(record.stream)
      this.#records.push(record)
    }
  }

  records(): StoredRecord[] {
    return this.#records.toReversed()
  }
}
