import { writeSync } from 'node:fs'
import type { Logger } from '@moby/contracts'
import { destination, pino, type Logger as Pino } from 'pino'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export const logLevels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[]

/** `json`: a record a line; `text`: a line of key=value, for those who read files. */
export type LogFormat = (typeof logFormats)[number]

export const logFormats = ['json', 'text'] as const

/** A log whose level can be changed while it is written. */
export interface AdjustableLog extends EngineLog {
  /** Lets records of this level and above through, from now on. */
  setLevel(level: LogLevel): void
}

export interface LogOptions {
  /** Absent: standard error. */
  readonly file?: string
  /** Absent: info. */
  readonly level?: LogLevel
  /** Absent: json, and lines for a reader on a terminal. */
  readonly format?: LogFormat | undefined
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

export function openLog({ file, level = 'info', format }: LogOptions = {}): AdjustableLog {
  if (file === undefined && format === undefined && process.stderr.isTTY) {
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
  const sink = format === 'text' ? { write: (record: string) => void target.write(textLine(record)) } : target
  return logOver(pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, sink), flush)
}

function logOver(root: Pino, flush: () => void): AdjustableLog {
  // A child has a level of its own from its birth on.
  const children = [root]
  return {
    kernel: loggerOver(root),
    of: (entry) => {
      const child = root.child({ component: entry })
      children.push(child)
      return loggerOver(child)
    },
    setLevel: (level) => {
      for (const each of children) each.level = level
    },
    flush,
  }
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
  const word = wordOf(level)
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`)
  return `${new Date(Number(time)).toISOString().slice(11, 23)} ${word.padEnd(5)} ${String(component)}: ${String(msg)}${rest.join('')}\n`
}

/** As dockerd writes it: `time="..." level=info msg="..." component=engine`. */
function textLine(record: string): string {
  const { level, time, msg, ...fields } = JSON.parse(record) as Record<string, unknown>
  const pairs = Object.entries({ time, level: wordOf(level), msg, ...fields })
  return `${pairs.map(([key, value]) => `${key}=${quoted(value)}`).join(' ')}\n`
}

function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /^[A-Za-z0-9._/@^+-]+$/.test(text) ? text : JSON.stringify(text)
}

function wordOf(level: unknown): LogLevel {
  return Number(level) >= 50 ? 'error' : Number(level) >= 40 ? 'warn' : Number(level) >= 30 ? 'info' : 'debug'
}
