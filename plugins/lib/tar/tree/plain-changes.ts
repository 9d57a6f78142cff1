import { listNames, readLinkAt, statAt, type FileStatus } from '@moby/lib-linux/files'
import { joinPath } from '../apply/entry-path.ts'
import type { TreeChange } from './change.ts'
import { closeFolder, openFolderAt } from './folder-pair.ts'
import { regroupedFiles } from './regrouped-files.ts'
import { hasSameAttributes } from './same-attributes.ts'

/**
 * What a tree has otherwise than the one that it was copied from: parents before children, siblings by their bytes.
 * Contents are not compared: a file is changed when its attributes, size, time of modification or other names are.
 * Without a base everything is added. A folder whose content changed is told as modified itself. `only` are names in
 * the root: nothing else is told.
 */
export function* plainChanges(
  tree: number,
  base: number | undefined,
  only?: readonly string[],
): Generator<TreeChange, void> {
  const regrouped = base === undefined ? new Set<bigint>() : regroupedFiles(tree, base, only)
  yield* changesIn(tree, base, '', regrouped, only)
}

function* changesIn(
  tree: number,
  base: number | undefined,
  path: string,
  regrouped: ReadonlySet<bigint>,
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
    const isRegrouped = status.type !== 'directory' && regrouped.has(status.inode)
    let told = old === undefined || base === undefined || isRegrouped || differs(tree, status, base, old, name)
    if (told) yield self
    if (status.type !== 'directory') continue
    const folder = openFolderAt(tree, name)
    if (folder === undefined) continue
    const lower = old?.type === 'directory' && base !== undefined ? openFolderAt(base, name) : undefined
    try {
      for (const change of changesIn(folder, lower, inner, regrouped)) {
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
  if (status.major !== old.major || status.minor !== old.minor) return true
  if (status.type !== 'directory' && (status.size !== old.size || status.modifiedAt !== old.modifiedAt)) return true
  if (!hasSameAttributes({ folder: tree, name, status }, { folder: base, name, status: old })) return true
  return status.type === 'symlink' && readLinkAt(tree, name) !== readLinkAt(base, name)
}
