import type { LogRecord } from '@moby/contracts'

/** A line of the file, read back; `whole` is false for a piece of a line that goes on. */
export interface StoredRecord {
  readonly stream: LogRecord['stream']
  /** RFC 3339 in UTC with nine digits. */
  readonly time: string
  readonly line: Uint8Array
  readonly whole: boolean
}

const utcTime = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/

/** Undefined for what is no line of a log. */
export function decodeLine(text: string): StoredRecord | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { log, stream, time } = value as Record<string, unknown>
  if (typeof log !== 'string' || (stream !== 'stdout' && stream !== 'stderr')) return undefined
  const sortable = typeof time === 'string' ? sortableTime(time) : undefined
  if (sortable === undefined) return undefined
  const whole = log.endsWith('\n')
  return { stream, time: sortable, line: Buffer.from(whole ? log.slice(0, -1) : log), whole }
}

/** A UTC time with exactly nine digits, which sorts as text; undefined for what is none. */
export function sortableTime(time: string): string | undefined {
  const match = utcTime.exec(time)
  return match === null ? undefined : `${match[1]}.${(match[2] ?? '').padEnd(9, '0')}Z`
}
