/** What a tar entry can be in a layer (image-spec, layer.md, "File types"). */
export type EntryType = 'file' | 'hard-link' | 'symlink' | 'character' | 'block' | 'directory' | 'fifo'

/** One entry of an archive. Names and targets are byte strings, as the archive has them. */
export interface TarEntry {
  readonly name: string
  readonly type: EntryType
  /** Permissions with setuid, setgid and sticky bit. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes of content that follow; 0 for all but files. */
  readonly size: number
  /** Nanoseconds since 1970. */
  readonly modifiedAt: bigint
  readonly accessedAt?: bigint
  /** Of hard links and symbolic links. */
  readonly linkName: string
  readonly major: number
  readonly minor: number
  readonly xattrs: ReadonlyMap<string, Uint8Array>
}

/** An empty file of root, to make entries of. */
export const emptyFile: Omit<TarEntry, 'name'> = {
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 0,
  modifiedAt: 0n,
  linkName: '',
  major: 0,
  minor: 0,
  xattrs: new Map(),
}

/** Bytes of a block: headers and contents fill whole ones. */
export const blockSize = 512

/** Bytes that fill up the last block of a content. */
export function paddingOf(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize
}
