import { compressionOf, type Compression } from '@moby/lib-tar'

/** Bytes by which a layer is told from a document: the first block of an archive. */
export const lookLength = 512

/** How a file is compressed that may be a layer; undefined for one that is none, or none that is read here. */
export function layerCompression(start: Uint8Array): Compression | undefined {
  let compression: Compression
  try {
    compression = compressionOf(start)
  } catch {
    return undefined
  }
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

/** The first bytes of a stream, fewer when it is shorter, and the whole of it. */
export async function lookAt(
  input: AsyncIterable<Uint8Array>,
  length: number,
): Promise<{ start: Uint8Array; whole: AsyncGenerator<Uint8Array, void> }> {
  const iterator = input[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let seen = 0
  while (seen < length) {
    const next = await iterator.next()
    if (next.done === true) break
    chunks.push(next.value)
    seen += next.value.length
  }
  const whole = async function* () {
    try {
      yield* chunks
      for (;;) {
        const next = await iterator.next()
        if (next.done === true) return
        yield next.value
      }
    } finally {
      await iterator.return?.()
    }
  }
  return { start: Buffer.concat(chunks).subarray(0, length), whole: whole() }
}
