import type { ExecutionConfig } from 'oci-spec-ts'

/** An image that can be run. */
export interface ImageRoot {
  /** Folder on the host with its files. Nobody writes to it. */
  readonly folder: string
  /** How it wants to be run; empty for an unpacked folder, which says nothing. */
  readonly config: ExecutionConfig
}
