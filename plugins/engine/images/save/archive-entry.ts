/** One file of an archive: bytes that are in memory, or a blob. */
export type ArchiveEntry =
  | { readonly name: string; readonly bytes: Uint8Array }
  | { readonly name: string; readonly digest: string; readonly size: number }

/** Where the layout of the image specification keeps a blob. */
export function blobPath(digest: string): string {
  return `blobs/sha256/${digest.replace(/^sha256:/, '')}`
}
