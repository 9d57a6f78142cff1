import { recognizeCompression, type Compression } from '@moby/lib-tar'

/** Bytes by which a layer is told from a document: the first block of an archive. */
export const lookLength = 512

/** How a file is compressed that may be a layer; undefined for one that is none, or none that is read here. */
export function layerCompression(start: Uint8Array): Compression | undefined {
  const compression = recognizeCompression(start)
  if (compression === 'xz' || compression === 'bzip2') return undefined
  return compression !== 'none' || isHeader(start) ? compression : undefined
}

/** A header block of a tar archive has the sum of its bytes in it; the end mark is all zeros. */
function isHeader(block: Uint8Array): boolean {
  if (block.length < lookLength) return false
  if (block.every((byte) => byte === 0)) return true
  const written = Number.parseInt(Buffer.from(block.subarray(148, 156)).toString('latin1').trim(), 8)
  let sum = 8 * 0x20
  for (const [at, byte] of block.subarray(0, lookLength).entries()) if (at < 148 || at >= 156) sum += byte
  return written === sum
}
