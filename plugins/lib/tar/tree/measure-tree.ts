import { listNames, statAt } from '@moby/lib-linux/files'
import type { TreeChange } from './change.ts'
import { closeFolder, openFolderAt } from './folder-pair.ts'

export interface TreeSize {
  /** Bytes of the contents of files, each file once. */
  readonly size: number
  /** Bytes of disk. */
  readonly allocated: number
  /** Files, folders and others, without the root. */
  readonly inodes: number
}

/** What a tree holds. It may be changing meanwhile. */
export function measureTree(root: number): TreeSize {
  const seen = new Set<bigint>()
  const total = { size: 0, allocated: 0, inodes: 0 }
  const visit = (folder: number) => {
    for (const name of listNames(folder)) {
      const status = statAt(folder, name)
      if (status === undefined) continue
      if (status.links > 1 && status.type !== 'directory') {
        if (seen.has(status.inode)) continue
        seen.add(status.inode)
      }
      total.inodes += 1
      total.allocated += status.allocated
      if (status.type === 'file') total.size += status.size
      if (status.type !== 'directory') continue
      const inner = openFolderAt(folder, name)
      if (inner === undefined) continue
      try {
        visit(inner)
      } finally {
        closeFolder(inner)
      }
    }
  }
  visit(root)
  return total
}

/** What changes add to a tree. */
export function measureChanges(changes: Iterable<TreeChange>): TreeSize {
  const seen = new Set<bigint>()
  const total = { size: 0, allocated: 0, inodes: 0 }
  for (const change of changes) {
    if (change.kind === 'deleted' || seen.has(change.status.inode)) continue
    const { status } = change
    seen.add(status.inode)
    total.inodes += 1
    total.allocated += status.allocated
    if (status.type === 'file') total.size += status.size
  }
  return total
}
