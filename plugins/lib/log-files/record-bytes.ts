import type { LogRecord } from '@moby/contracts'

/** Whether a record is a line or the last piece of one. */
export function endsLine({ partial }: Pick<LogRecord, 'partial'>): boolean {
  return partial === undefined || partial.last
}

/** Bytes of the stream that a record stands for. */
export function recordBytes(record: LogRecord): number {
  return record.line.length + (endsLine(record) ? 1 : 0)
}
