import { listNames, statAt } from '@moby/lib-linux/files'
import { joinPath } from '../apply/entry-path.ts'
import type { TreeChange } from './change.ts'
import { closeFolder, openFolderAt } from './folder-pair.ts'
import { isOpaque, isWhiteout } from './overlay-marks.ts'

/**
 * What the upper folder of an overlay says against what lies below: parents before children, siblings by their
 * bytes. What an opaque folder hides is told name by name, so that the answer does not depend on how overlayfs
 * happened to record it.
 */
export function* overlayChanges(
  upper: number,
  base: number | undefined,
  path = '',
  opaque = false,
): Generator<TreeChange, void> {
  const own = new Set(listNames(upper))
  const names = [...own]
  if (opaque && base !== undefined) names.push(...listNames(base).filter((name) => !own.has(name)))
  for (const name of names.sort()) {
    const inner = joinPath(path, name)
    if (!own.has(name)) {
      yield { kind: 'deleted', path: inner }
      continue
    }
    const status = statAt(upper, name)
    if (status === undefined) continue
    const below = base === undefined ? undefined : statAt(base, name)
    if (isWhiteout(status)) {
      if (below !== undefined) yield { kind: 'deleted', path: inner }
      continue
    }
    yield { kind: below === undefined ? 'added' : 'modified', path: inner, folder: upper, name, status }
    if (status.type !== 'directory') continue
    const folder = openFolderAt(upper, name)
    if (folder === undefined) continue
    const lower = below?.type === 'directory' && base !== undefined ? openFolderAt(base, name) : undefined
    try {
      // What lies deeper is hidden as well, though overlayfs marks the uppermost folder only.
      yield* overlayChanges(folder, lower, inner, opaque || isOpaque(folder))
    } finally {
      closeFolder(folder)
      closeFolder(lower)
    }
  }
}
