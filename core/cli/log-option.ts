import { closeSync, openSync } from 'node:fs'
import { codedError } from '@moby/contracts'
import { openLog, type EngineLog, type LogLevel } from '../kernel/log.ts'
import type { CommandLine } from './command-line.ts'

const levels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[]

/** The log that --log-file and --log-level ask for. */
export function logOf(line: CommandLine): EngineLog {
  const file = line.value('log-file')
  const word = line.value('log-level')
  const level = levels.find((each) => each === word)
  if (word !== undefined && level === undefined) {
    throw codedError('COMMAND_USAGE', `There is no log level ${word}`, {
      hint: `it can be ${levels.join(', ')}`,
      span: line.spanOf(word),
    })
  }
  if (file !== undefined) checkFile(line, file)
  return openLog({ ...(file === undefined ? {} : { file }), ...(level === undefined ? {} : { level }) })
}

/** The log itself never fails; a file that cannot be written is told before. */
function checkFile(line: CommandLine, file: string): void {
  try {
    closeSync(openSync(file, 'a'))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw codedError('COMMAND_USAGE', `The log file ${file} cannot be written: ${why}`, {
      hint: 'name a file in a folder that exists and is writable',
      span: line.spanOf(file),
    })
  }
}
