import { codedError } from '@moby/contracts/errors'
import { peek, type Peeked } from './peek.ts'

/** The compressions that are read. */
export type Compression = 'none' | 'gzip' | 'zstd'

const signatures: readonly (readonly [Compression | 'xz' | 'bzip2', string])[] = [
  ['gzip', '1f8b'],
  ['zstd', '28b52ffd'],
  ['xz', 'fd377a585a00'],
  ['bzip2', '425a68'],
]

/** Bytes by which a compression is told. */
export const signatureLength = 6

/** Tells a compression by the first bytes, also one that is not read here. */
export function recognizeCompression(start: Uint8Array): Compression | 'xz' | 'bzip2' {
  const hex = Buffer.from(start).toString('hex', 0, signatureLength)
  return signatures.find(([, signature]) => hex.startsWith(signature))?.[0] ?? 'none'
}

/** The same for `what`, to be read. Fails with NOT_SUPPORTED for a compression that is not read here. */
export function compressionOf(start: Uint8Array, what = 'The archive'): Compression {
  const found = recognizeCompression(start)
  if (found !== 'xz' && found !== 'bzip2') return found
  throw codedError('NOT_SUPPORTED', `${what} is compressed with ${found}, which is not supported`, {
    hint: 'Compress it with gzip or zstd, or not at all.',
  })
}

/** Tells how a stream is compressed by its first bytes, and gives the whole of it, to be read
 * to its end or ended. Empty input is not compressed. */
export async function detectCompression(
  input: AsyncIterable<Uint8Array>,
): Promise<{ compression: Compression; input: Peeked['whole'] }> {
  const { start, whole } = await peek(input, signatureLength)
  try {
    return { compression: compressionOf(start), input: whole }
  } catch (error) {
    await whole.return?.()
    throw error
  }
}
