import type { WholeTree } from './whole-tree.ts'

export interface ChangedTree {
  readonly before: WholeTree
  readonly after: WholeTree
}

/** Someone who packs layers and unpacks those of others. Images go between them as docker-archives. */
export interface LayerParty {
  readonly name: string
  /** Keeps the image of an archive under its name there. */
  take(archive: string, image: string): Promise<void>
  /** Writes an image to an archive that is not there yet. */
  give(image: string, archive: string): Promise<void>
  /** Commits what is done to the tree of an image as another; answers the tree before and after. */
  commit(from: string, to: string, change: (root: string) => void): Promise<ChangedTree>
  treeOf(image: string): Promise<WholeTree>
  /** Ends what it started; fails when something is left. */
  stop(): Promise<void>
}
