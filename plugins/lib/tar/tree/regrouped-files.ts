import { listNames, statAt, type FileStatus } from '@moby/lib-linux/files'
import { closeFolder, openFolderAt } from './folder-pair.ts'

/** Inodes of one tree by those of another. A name that the other has not counts as an inode of its own. */
type Partners = Map<bigint, Set<bigint | undefined>>

/**
 * The inodes in a tree whose names are not one file in its base as well: all their names have to be in a layer, though
 * nothing else of them may have changed, because a hard link can lead to a file of its own layer only (image-spec,
 * layer.md). Names that are gone separate nothing.
 */
export function regroupedFiles(tree: number, base: number, only?: readonly string[]): ReadonlySet<bigint> {
  const inBase: Partners = new Map()
  const inTree: Partners = new Map()
  visit(
    tree,
    base,
    (own, old) => {
      if (own.links < 2 && (old?.links ?? 1) < 2) return
      add(inBase, own.inode, old?.inode)
      if (old !== undefined) add(inTree, old.inode, own.inode)
    },
    only,
  )
  const regrouped = new Set<bigint>()
  for (const [inode, partners] of inBase) if (partners.size > 1) regrouped.add(inode)
  for (const partners of inTree.values()) {
    if (partners.size > 1) for (const inode of partners) if (inode !== undefined) regrouped.add(inode)
  }
  return regrouped
}

function visit(
  tree: number,
  base: number | undefined,
  take: (own: FileStatus, old: FileStatus | undefined) => void,
  only?: readonly string[],
): void {
  for (const name of listNames(tree)) {
    if (only?.includes(name) === false) continue
    const status = statAt(tree, name)
    if (status === undefined) continue
    const old = base === undefined ? undefined : statAt(base, name)
    if (status.type !== 'directory') {
      take(status, old?.type === 'directory' ? undefined : old)
      continue
    }
    const folder = openFolderAt(tree, name)
    if (folder === undefined) continue
    const lower = base !== undefined && old?.type === 'directory' ? openFolderAt(base, name) : undefined
    try {
      visit(folder, lower, take)
    } finally {
      closeFolder(folder)
      closeFolder(lower)
    }
  }
}

function add(partners: Partners, inode: bigint, partner: bigint | undefined): void {
  const known = partners.get(inode)
  if (known === undefined) partners.set(inode, new Set([partner]))
  else known.add(partner)
}
