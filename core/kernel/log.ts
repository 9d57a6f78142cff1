import { writeSync } from 'node:fs'
import type { Logger } from '@moby/contracts'
import { destination, pino, type Logger as Pino } from 'pino'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface LogOptions {
  /** Absent: standard error. */
  readonly file?: string
  /** Absent: info. */
  readonly level?: LogLevel
}

/** The log of an engine: one JSON record a line, or lines for a reader where standard error is a terminal. */
export interface EngineLog {
  readonly kernel: Logger
  /** A logger whose records name the component. */
  of(entry: string): Logger
  /** Waits until nothing is held back; to be called before the process ends. */
  flush(): void
}

/** Records that cannot be written at once wait, up to this many bytes; a reader that hangs never stops the engine. */
const heldBack = 4 << 20

export function openLog({ file, level = 'info' }: LogOptions = {}): EngineLog {
  if (file === undefined && process.stderr.isTTY) {
    return logOver(pino({ level, base: null }, { write: writeForReader }), () => undefined)
  }
  const target = destination({ ...(file === undefined ? { fd: 2 } : { dest: file }), sync: false, maxLength: heldBack })
  // A log that cannot be written must not end the engine.
  target.on('error', () => undefined)
  const flush = () => {
    try {
      target.flushSync()
    } catch {
      // The target was not open yet, or is gone.
    }
  }
  return logOver(pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, target), flush)
}

function logOver(root: Pino, flush: () => void): EngineLog {
  return { kernel: loggerOver(root), of: (entry) => loggerOver(root.child({ component: entry })), flush }
}

function loggerOver(log: Pino): Logger {
  return {
    debug: (message, fields = {}) => log.debug(fields, message),
    info: (message, fields = {}) => log.info(fields, message),
    warn: (message, fields = {}) => log.warn(fields, message),
    error: (message, fields = {}) => log.error(fields, message),
  }
}

function writeForReader(record: string): void {
  try {
    writeSync(2, forReader(record))
  } catch {
    // A terminal that takes nothing now must not end the engine.
  }
}

function forReader(record: string): string {
  const { level, time, msg, component = 'kernel', ...fields } = JSON.parse(record) as Record<string, unknown>
  const word = Number(level) >= 50 ? 'error' : Number(level) >= 40 ? 'warn' : Number(level) >= 30 ? 'info' : 'debug'
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`)
  return `${new Date(Number(time)).toISOString().slice(11, 23)} ${word.padEnd(5)} ${String(component)}: ${String(msg)}${rest.join('')}\n`
}
