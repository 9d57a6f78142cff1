import type { FileStatus } from '@moby/lib-linux/files'

/** One difference between a tree and what it stands on. Valid until the next one is asked for. */
export type TreeChange =
  | {
      readonly kind: 'added' | 'modified'
      /** Relative to the root, as a byte string. */
      readonly path: string
      /** Open folder that holds it, and its name there. */
      readonly folder: number
      readonly name: string
      readonly status: FileStatus
    }
  | { readonly kind: 'deleted'; readonly path: string }
