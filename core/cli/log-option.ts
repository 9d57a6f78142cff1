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
  return openLog({ ...(file === undefined ? {} : { file }), ...(level === undefined ? {} : { level }) })
}
