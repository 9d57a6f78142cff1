import type { ChangedTree } from './layer-party.ts'
import { readWholeTree } from './whole-tree.ts'

/** Changes a tree, and answers what it was before and is after. */
export function watchChange(root: string, change: (root: string) => void): ChangedTree {
  const before = readWholeTree(root)
  change(root)
  return { before, after: readWholeTree(root) }
}
