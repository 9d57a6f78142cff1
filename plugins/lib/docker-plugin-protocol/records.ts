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
