import { pipeline, Readable, type Transform } from 'node:stream'
import { constants, createGunzip, createZstdDecompress } from 'node:zlib'
import { codedError } from '@moby/contracts'

export type Compression = 'none' | 'gzip' | 'zstd'

const signatures: readonly (readonly [string, string])[] = [
  ['gzip', '1f8b'],
  ['zstd', '28b52ffd'],
  ['xz', 'fd377a585a00'],
  ['bzip2', '425a68'],
]

/** Beyond this many bytes an archive must not be more than `mostExpansion` times as large as it came. */
const expansionFrom = 2 ** 30
const mostExpansion = 200
/** Bytes as a power of two: a frame that wants a larger window is refused. */
const largestWindow = 27

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

/**
 * Decompresses as the input comes, all members of it. Errors: ARCHIVE_TRUNCATED, ARCHIVE_INVALID, ARCHIVE_LIMIT for
 * what unfolds out of all proportion, and those of the input.
 */
export async function* decompress(
  input: AsyncIterable<Uint8Array>,
  compression: Compression,
): AsyncGenerator<Uint8Array, void> {
  if (compression === 'none') {
    yield* input
    return
  }
  let taken = 0
  let inputFailed = false
  const counted = async function* () {
    try {
      for await (const chunk of input) {
        taken += chunk.length
        yield chunk
      }
    } catch (error) {
      inputFailed = true
      throw error
    }
  }
  const transform = makeTransform(compression)
  // Its failures come out of the iteration below.
  pipeline(Readable.from(counted(), { objectMode: false }), transform, () => undefined)
  let given = 0
  try {
    for await (const chunk of transform as AsyncIterable<Uint8Array>) {
      given += chunk.length
      if (given > expansionFrom && given > taken * mostExpansion) {
        throw codedError('ARCHIVE_LIMIT', `The archive unfolds to more than ${mostExpansion} times its size`, {
          details: { compressed: taken, unfolded: given },
        })
      }
      yield chunk
    }
  } catch (error) {
    throw inputFailed ? error : explain(error, compression, taken)
  } finally {
    transform.destroy()
  }
}

function makeTransform(compression: 'gzip' | 'zstd'): Transform {
  const chunkSize = 1 << 20
  if (compression === 'gzip') return createGunzip({ chunkSize })
  return createZstdDecompress({ chunkSize, params: { [constants.ZSTD_d_windowLogMax]: largestWindow } })
}

function explain(error: unknown, compression: string, at: number): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (typeof code !== 'string' || !/^(Z_|ZSTD_)/.test(code)) return error
  if (/unexpected end|premature|incomplete/i.test(message)) {
    return codedError('ARCHIVE_TRUNCATED', `The ${compression} archive ends unexpectedly at byte ${at}`, {
      cause: error,
    })
  }
  return codedError('ARCHIVE_INVALID', `The ${compression} archive is damaged before byte ${at}: ${message}`, {
    cause: error,
  })
}
