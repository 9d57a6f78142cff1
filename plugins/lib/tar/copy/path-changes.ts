import { closeSync } from 'node:fs'
import { openFlags, openWithin, statAt } from '@moby/lib-linux/files'
import type { TreeChange } from '../tree/change.ts'
import { plainChanges } from '../tree/plain-changes.ts'

export interface PathRequest {
  /** Open folder that nothing leads out of. */
  readonly root: number
  /** Absolute in the root, without dots but `/.` at its end, which like `/` there asks for what a link leads to. */
  readonly path: string
}

/**
 * A file, or a folder with all in it, as something to be packed: named by the last part of its path, which is `.` for
 * `/dir/.` and `/` for the root. Links on the way to it stay in the root, and none in it is followed. Paths are byte
 * strings. Fails with HOST_SYSTEM_CALL (ENOENT, ENOTDIR, ELOOP) for what is not there.
 */
export function* pathChanges({ root, path }: PathRequest): Generator<TreeChange, void> {
  const follows = path.endsWith('/') || path.endsWith('/.')
  if (!follows) {
    const slash = path.lastIndexOf('/')
    const parent = openWithin(root, path.slice(0, slash) || '.', openFlags.O_RDONLY | openFlags.O_DIRECTORY, 'in-root')
    try {
      const name = path.slice(slash + 1)
      const status = statAt(parent, name)
      if (status?.type !== 'directory') {
        if (status !== undefined) yield { kind: 'added', path: name, folder: parent, name, status }
        return
      }
    } finally {
      closeSync(parent)
    }
  }
  const flags = openFlags.O_RDONLY | openFlags.O_DIRECTORY | (follows ? 0 : openFlags.O_NOFOLLOW)
  const folder = openWithin(root, path, flags, 'in-root')
  try {
    const status = statAt(folder, '')
    if (status === undefined) return
    const base = lastPart(path)
    yield { kind: 'added', path: base, folder, name: '.', status }
    for (const change of plainChanges(folder, undefined)) yield { ...change, path: `${base}/${change.path}` }
  } finally {
    closeSync(folder)
  }
}

/** The root has no name of its own, so that the slash after it is all of it. */
function lastPart(path: string): string {
  return /([^/]*)\/?$/.exec(path)?.[1] ?? ''
}
