import type { LogRecord } from '@moby/contracts'
import type { LogEntry } from './log-entry.ts'
import { fromNanoseconds, toNanoseconds } from './nanoseconds.ts'

/** A record of the contract `log.driver` as an entry of Docker's protocol. */
export function toEntry({ stream, time, line, partial }: LogRecord): Partial<LogEntry> {
  return {
    source: stream,
    timeNano: toNanoseconds(time),
    line,
    ...(partial === undefined ? {} : { partial: true, metadata: partial }),
  }
}

/** And back. Pieces without metadata, which old engines sent, are pieces of one line each time. */
export function toRecord({ source, timeNano, line, partial, metadata }: LogEntry): LogRecord {
  return {
    stream: source === 'stderr' ? 'stderr' : 'stdout',
    time: fromNanoseconds(timeNano),
    line,
    ...(partial
      ? {
          partial: {
            id: metadata?.id ?? '',
            ordinal: Math.max(1, metadata?.ordinal ?? 1),
            last: metadata?.last ?? false,
          },
        }
      : {}),
  }
}

/**
 * A record as an entry of `ReadLogs`. Unlike in a FIFO its line feed is part of the line there, because Docker writes
 * what it reads as it is. Source: moby daemon/logger/adapter.go and jsonfilelog, whose lines plugins pass on.
 */
export function toReadEntry(record: LogRecord): Partial<LogEntry> {
  const isEnd = record.partial === undefined || record.partial.last
  return { ...toEntry(record), line: isEnd ? Buffer.concat([record.line, lineFeed]) : record.line }
}

/** And back: what does not end in a line feed is a piece of a line, whatever the entry says. */
export function fromReadEntry(entry: LogEntry): LogRecord {
  const { partial, ...record } = toRecord(entry)
  const isEnd = record.line.at(-1) === lineFeed[0]
  if (isEnd && (partial === undefined || partial.ordinal === 1)) return { ...record, line: record.line.subarray(0, -1) }
  const { id = 'piece', ordinal = 1 } = partial ?? {}
  const line = isEnd ? record.line.subarray(0, -1) : record.line
  return { ...record, line, partial: { id, ordinal, last: isEnd } }
}

const lineFeed = Buffer.from('\n')
