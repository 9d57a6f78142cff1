import type { Logger } from '../component/define-component.ts'

type Level = keyof Logger

/** A logger that writes one JSON object a line, as the kernel reads it from the output of a process. */
export function lineLogger(write: (line: string) => void): Logger {
  const log =
    (level: Level) =>
    (message: string, fields: Record<string, unknown> = {}): void =>
      write(`${textOf({ ...fields, level, message })}\n`)
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
}

/** Fields come from anywhere: what is not plain is left out rather than ending the process. */
function textOf(record: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(record)
  } catch {
    return JSON.stringify({ level: record['level'], message: record['message'] })
  }
}
