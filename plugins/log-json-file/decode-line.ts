import { sortableTime, type StoredRecord } from '@moby/lib-log-files'

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
