import { listNames, readLinkAt, statAt, type FileStatus } from '@moby/lib-linux/files'
import { joinPath } from '../apply/entry-path.ts'
import { readXattrs } from './attributes.ts'
import type { TreeChange } from './change.ts'
import { closeFolder, openFolderAt } from './folder-pair.ts'

/**
 * What a tree has otherwise than the one that it was copied from: parents before children, siblings by their bytes.
 * Contents are not compared: a file is changed when its attributes, size or time of modification are. Without a
 * base everything is added. A folder whose content changed is told as modified itself. `only` are names in the root: nothing else is told.
 */
export function* plainChanges(
  tree: number,
  base: number | undefined,
  path = '',
  only?: readonly string[],
): Generator<TreeChange, void> {
  const below = base === undefined ? [] : listNames(base)
  const own = new Set(listNames(tree))
  const all = [...own, ...below.filter((name) => !own.has(name))]
  const names = only === undefined ? all : all.filter((name) => only.includes(name))
  for (const name of names.sort()) {
    const inner = joinPath(path, name)
    if (!own.has(name)) {
      yield { kind: 'deleted', path: inner }
      continue
    }
    const status = statAt(tree, name)
    if (status === undefined) continue
    const old = base === undefined ? undefined : statAt(base, name)
    const kind = old === undefined ? 'added' : 'modified'
    const self: TreeChange = { kind, path: inner, folder: tree, name, status }
    let told = old === undefined || base === undefined || differs(tree, status, base, old, name)
    if (told) yield self
    if (status.type !== 'directory') continue
    const folder = openFolderAt(tree, name)
    if (folder === undefined) continue
    const lower = old?.type === 'directory' && base !== undefined ? openFolderAt(base, name) : undefined
    try {
      for (const change of plainChanges(folder, lower, inner)) {
        if (!told) yield self
        told = true
        yield change
      }
    } finally {
      closeFolder(folder)
      closeFolder(lower)
    }
  }
}

function differs(tree: number, status: FileStatus, base: number, old: FileStatus, name: string): boolean {
  const keys = ['type', 'mode', 'uid', 'gid', 'major', 'minor'] as const
  if (keys.some((key) => status[key] !== old[key])) return true
  if (status.type !== 'directory' && (status.size !== old.size || status.modifiedAt !== old.modifiedAt)) return true
  if (status.type === 'symlink' && readLinkAt(tree, name) !== readLinkAt(base, name)) return true
  const xattrs = readXattrs(tree, name)
  const oldXattrs = readXattrs(base, name)
  if (xattrs.size !== oldXattrs.size) return true
  for (const [attribute, value] of xattrs) {
    const oldValue = oldXattrs.get(attribute)
    if (oldValue === undefined || Buffer.compare(value, oldValue) !== 0) return true
  }
  return false
}
