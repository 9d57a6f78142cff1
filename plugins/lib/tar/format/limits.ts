import type { ExpansionLimits } from '../compression/expansion.ts'

/** How much an archive may ask for. */
export interface TarLimits {
  readonly entries: number
  /** Bytes of all contents together, with the holes of sparse files. */
  readonly bytes: number
  /** Bytes of one extended header or long name. */
  readonly headerBytes: number
  /** Bytes after the end mark: padding of tape blocks. */
  readonly trailingBytes: number
  /** Fragments of one sparse file. */
  readonly fragments: number
  /**
   * How much larger than the archive holes may make its contents, for those who cannot leave holes as they are and write
   * them out. Without it they are bounded by `bytes` alone.
   */
  readonly expansion?: ExpansionLimits | undefined
}

export const defaultLimits: TarLimits = {
  entries: 1_000_000,
  bytes: 2 ** 40,
  headerBytes: 2 ** 20,
  trailingBytes: 2 ** 24,
  fragments: 1_000_000,
}
