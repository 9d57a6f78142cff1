import { join, resolve } from 'node:path'
import type { CommandLine } from './command-line.ts'

/** Where an engine keeps its files: the defaults, or a data root of its own with run files inside. */
export function rootsOf(
  line: CommandLine,
  otherwise = { dataRoot: '/var/lib/moby-origin', runRoot: '/run/moby-origin' },
): { dataRoot: string; runRoot: string } {
  return rootsBelow(line.value('data-root')) ?? otherwise
}

/** The roots of an engine whose data root is named. */
export function rootsBelow(dataRoot: string | undefined): { dataRoot: string; runRoot: string } | undefined {
  if (dataRoot === undefined) return undefined
  return { dataRoot: resolve(dataRoot), runRoot: join(resolve(dataRoot), 'run') }
}
