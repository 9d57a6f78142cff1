import { closeSync } from 'node:fs'
import { openAt, openFlags, statAt } from '@moby/lib-linux/files'
import type { TreeChange } from './change.ts'
import { hasSameAttributes } from './same-attributes.ts'

type Present = Exclude<TreeChange, { readonly kind: 'deleted' }>

/**
 * Changes without those paths, as far as they were added, and without the folders above them that have changed in
 * nothing else: that something was added in a folder is seen by its time. Paths are relative to the root.
 */
export function* leaveOut(
  changes: Iterable<TreeChange>,
  paths: readonly string[],
  base: number | undefined,
): Generator<TreeChange, void> {
  const without = new Set(paths)
  const above = new Set(paths.flatMap(foldersAbove))
  let held: Present[] = []
  for (const change of changes) {
    held = held.filter(({ path }) => change.path.startsWith(`${path}/`))
    if (change.kind === 'added' && without.has(change.path)) continue
    if (change.kind === 'modified' && above.has(change.path) && isSame(change, base)) {
      held.push(change)
      continue
    }
    // Folders that hold an open descriptor stay open while what is below them is told.
    yield* held
    held = []
    yield change
  }
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'))
}

/** Whether a folder has in the base the same owner, permissions and attributes. */
function isSame({ path, folder, name, status }: Present, base: number | undefined): boolean {
  if (base === undefined || status.type !== 'directory') return false
  const slash = path.lastIndexOf('/')
  const flags = openFlags.O_RDONLY | openFlags.O_DIRECTORY
  const opened: number[] = []
  try {
    let below = base
    for (const part of slash === -1 ? [] : path.slice(0, slash).split('/')) {
      below = openAt(below, part, flags)
      opened.push(below)
    }
    const old = statAt(below, name)
    return old !== undefined && hasSameAttributes({ folder, name, status }, { folder: below, name, status: old })
  } finally {
    for (const descriptor of opened) closeSync(descriptor)
  }
}
