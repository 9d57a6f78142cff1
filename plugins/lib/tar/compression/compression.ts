import { codedError } from '@moby/contracts/errors'

/** The compressions of layers that are read. */
export type Compression = 'none' | 'gzip' | 'zstd'

const signatures: readonly (readonly [string, string])[] = [
  ['gzip', '1f8b'],
  ['zstd', '28b52ffd'],
  ['xz', 'fd377a585a00'],
  ['bzip2', '425a68'],
]

/** Bytes by which a compression is told. */
export const signatureLength = 6

/** Tells a compression by the first bytes. Fails with NOT_SUPPORTED for one that is known and not read here. */
export function compressionOf(start: Uint8Array): Compression {
  const hex = Buffer.from(start).toString('hex', 0, signatureLength)
  const found = signatures.find(([, signature]) => hex.startsWith(signature))?.[0] ?? 'none'
  if (found === 'none' || found === 'gzip' || found === 'zstd') return found
  throw codedError('NOT_SUPPORTED', `The archive is compressed with ${found}, which is not supported`, {
    hint: 'Compress it with gzip or zstd, or not at all.',
  })
}

/** Tells how a stream is compressed by its first bytes, and gives the whole of it. Empty input is not compressed. */
export async function detectCompression(
  input: AsyncIterable<Uint8Array>,
): Promise<{ compression: Compression; input: AsyncGenerator<Uint8Array, void> }> {
  const iterator = input[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let length = 0
  while (length < signatureLength) {
    const next = await iterator.next()
    if (next.done === true) break
    chunks.push(next.value)
    length += next.value.length
  }
  let compression: Compression
  try {
    compression = compressionOf(Buffer.concat(chunks))
  } catch (error) {
    await iterator.return?.()
    throw error
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
  return { compression, input: whole() }
}
