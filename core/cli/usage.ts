import { codedError } from '@moby/contracts'
import { parse } from 'yaml'
import type { CommandLine } from './command-line.ts'

/** The error for a word that cannot be; without a word it points at the end of the line. */
export function usage(line: CommandLine, message: string, hint: string, word?: string): Error {
  return codedError('COMMAND_USAGE', message, { hint, span: line.spanOf(word) })
}

/** A value in YAML, as it stands on a command line. Throws COMMAND_USAGE. */
export function parseValue(line: CommandLine, text: string): unknown {
  try {
    return parse(text) as unknown
  } catch (cause) {
    throw usage(
      line,
      `${text} is no YAML: ${(cause as Error).message.split('\n')[0]}`,
      'check quotes and brackets',
      text,
    )
  }
}
