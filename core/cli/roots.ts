import { join, resolve } from 'node:path'
import type { CommandLine } from './command-line.ts'

/** Where an engine keeps its files: the defaults, or a data root of its own with run files inside. */
export function rootsOf(
  line: CommandLine,
  otherwise = { dataRoot: '/var/lib/moby-origin', runRoot: '/run/moby-origin' },
): { dataRoot: string; runRoot: string } {
  const given = line.value('data-root')
  if (given === undefined) return otherwise
  return { dataRoot: resolve(given), runRoot: join(resolve(given), 'run') }
}
