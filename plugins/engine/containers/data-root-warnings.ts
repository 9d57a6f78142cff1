import { statSync } from 'node:fs'
import { posix } from 'node:path'
import type { MountRecord } from './container-record.ts'

/**
 * What a user is told who lets a container write to the data of this engine: by a mistake there it loses all of its
 * containers. Mounts for reading alone are what monitoring needs.
 */
export function dataRootWarnings(mounts: readonly MountRecord[], dataRoot: string): string[] {
  return mounts.flatMap(({ spec, target }) => {
    const { type, source = '', readOnly } = spec
    if (type !== 'bind' || readOnly === true || !holds(source, dataRoot)) return []
    return [
      `The container can change all data of this engine (${dataRoot}) in its mount of ${source} at ${target}. ` +
        'Mount it read-only, or what is needed of it alone.',
    ]
  })
}

function holds(source: string, dataRoot: string): boolean {
  const folder = posix.normalize(`${source}/`)
  return `${dataRoot}/`.startsWith(folder) && statSync(source, { throwIfNoEntry: false })?.isDirectory() === true
}
