/** How much an archive may ask for. */
export interface TarLimits {
  readonly entries: number
  /** Bytes of all contents together. */
  readonly bytes: number
  /** Bytes of one extended header or long name. */
  readonly headerBytes: number
  /** Bytes after the end mark: padding of tape blocks. */
  readonly trailingBytes: number
}

export const defaultLimits: TarLimits = {
  entries: 1_000_000,
  bytes: 2 ** 40,
  headerBytes: 2 ** 20,
  trailingBytes: 2 ** 24,
}
