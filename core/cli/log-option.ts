import { closeSync, openSync } from 'node:fs'
import { codedError } from '@moby/contracts'
import type { EngineSettings } from '../daemon-json/daemon-key.ts'
import { logFormats, logLevels, openLog, type AdjustableLog } from '../kernel/log.ts'
import type { CommandLine } from './command-line.ts'

/** The log that --log-file, --log-level and --log-format ask for; `settings` are those of a file, where no option is. */
export function logOf(line: CommandLine, settings: EngineSettings = {}): AdjustableLog {
  const file = line.value('log-file')
  const level = choice(line, 'log-level', logLevels) ?? settings.logLevel
  const format = choice(line, 'log-format', logFormats) ?? settings.logFormat
  if (file !== undefined) checkFile(line, file)
  return openLog({ ...(file === undefined ? {} : { file }), ...(level === undefined ? {} : { level }), format })
}

function choice<T extends string>(line: CommandLine, option: string, choices: readonly T[]): T | undefined {
  const word = line.value(option)
  if (word === undefined) return undefined
  const found = choices.find((each) => each === word)
  if (found !== undefined) return found
  throw codedError('COMMAND_USAGE', `There is no ${option.replace('-', ' ')} ${word}`, {
    hint: `it can be ${choices.join(', ')}`,
    span: line.spanOf(word),
  })
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
