import type { FileHandle } from 'node:fs/promises'
import type { LogRecord, ReadRequest } from '../../../../../contracts/sdk/typescript/contracts/log-driver.ts'
import type { LogFile } from './log-file.ts'

/** Batches of records that a request chooses: `tail` whole lines from the end, then those within the times and streams. */
export async function* chosen(
  request: ReadRequest,
  find: () => Promise<LogFile>,
  signal?: AbortSignal,
): AsyncGenerator<LogRecord[]> {
  const log = await find()
  const file = await log.opened()
  try {
    yield* chosenOf(request, log, file, signal)
  } finally {
    await file.close()
  }
}

async function* chosenOf(
  request: ReadRequest,
  log: LogFile,
  file: FileHandle,
  signal: AbortSignal | undefined,
): AsyncGenerator<LogRecord[]> {
  const wanted = (records: readonly LogRecord[]) =>
    records.filter(({ stream, time }) => request.streams?.includes(stream) !== false && isWithin(time, request))
  const isPast = (records: readonly LogRecord[]) =>
    records.some(({ time }) => !isWithin(time, { until: request.until }))
  let at = 0
  if (request.tail !== undefined) {
    let last: LogRecord[] = []
    for await (const { records, endsAt } of log.batches(file, 0)) {
      last = lastLines([...last, ...records], request.tail)
      at = endsAt
    }
    const given = wanted(last)
    if (given.length > 0) yield given
    if (request.follow !== true || isPast(last)) return
  }
  const left = aborted(signal)
  for (;;) {
    const { changed, isClosed } = log
    for await (const { records, endsAt } of log.batches(file, at)) {
      at = endsAt
      const given = wanted(records)
      if (given.length > 0) yield given
      if (isPast(records)) return
    }
    if (request.follow !== true || isClosed || signal?.aborted === true) return
    await Promise.race([changed, left])
  }
}

/** The records of the last lines: pieces of one line count once. */
function lastLines(records: readonly LogRecord[], count: number): LogRecord[] {
  const lines: LogRecord[][] = []
  const open = new Map<string, LogRecord[]>()
  for (const record of records) {
    const { partial } = record
    const line = (partial === undefined ? undefined : open.get(partial.id)) ?? []
    if (line.push(record) === 1) lines.push(line)
    if (partial !== undefined) open.set(partial.id, line)
  }
  const kept = new Set(lines.slice(lines.length - Math.min(count, lines.length)).flat())
  return records.filter((record) => kept.has(record))
}

/** Times are texts of one form, but for the number of their digits behind the point. */
function isWithin(time: string, { since, until }: Pick<ReadRequest, 'since' | 'until'>): boolean {
  const moment = padded(time)
  return (since === undefined || moment >= padded(since)) && (until === undefined || moment <= padded(until))
}

function padded(time: string): string {
  const [seconds = '', digits = ''] = time.replace('Z', '').split('.')
  return `${seconds}.${digits.padEnd(9, '0')}`
}

async function aborted(signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }))
}
