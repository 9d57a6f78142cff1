export { applyLayer } from './apply-layer.ts'
export { cleanPath } from './apply/entry-path.ts'
export type { Applied, ApplyRequest } from './apply/apply-layer.ts'
export type { SettleRequest } from './apply/settle-layer.ts'
export {
  compressionOf,
  detectCompression,
  recognizeCompression,
  signatureLength,
  type Compression,
} from './compression/compression.ts'
export { decompress } from './compression/decompress.ts'
export { peek, type Peeked } from './compression/peek.ts'
export { defaultExpansion, type ExpansionLimits } from './compression/expansion.ts'
export { emptyFile, paddingOf, type EntryType, type TarEntry } from './format/entry.ts'
export { Hole } from './format/hole.ts'
export { defaultLimits, type TarLimits } from './format/limits.ts'
export { readTar, type StreamedEntry } from './format/read-tar.ts'
export { endMark, writeHeader } from './format/write-header.ts'
export { TarReader, type TarEvent } from './format/tar-reader.ts'
export { copyFolder, listChanges, measureFolder, removeFolders, settleLayer, writeLayer } from './trees.ts'
export type { TreeSize } from './tree/measure-tree.ts'
export type { PathChange, TreeComparison } from './worker/jobs.ts'
export type { JobOptions } from './worker/run-job.ts'
export { extractArchive, openView, packPath, type ExtractTarget } from './copies.ts'
