import { pipeline, Readable, type Transform } from 'node:stream'
import { constants, createGunzip, createZstdDecompress } from 'node:zlib'
import type { Compression } from './compression.ts'
import { checkExpansion, explainDecompression, largestWindow } from './expansion.ts'

/**
 * Decompresses as the input comes, all members of it, in the thread pool. Errors: ARCHIVE_TRUNCATED, ARCHIVE_INVALID,
 * ARCHIVE_LIMIT for what unfolds out of all proportion, and those of the input.
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
  let inputFailure: { readonly error: unknown } | undefined
  const counted = async function* () {
    let isWaiting = true
    try {
      for await (const chunk of input) {
        taken += chunk.length
        isWaiting = false
        yield chunk
        isWaiting = true
      }
    } catch (error) {
      // What fails behind is thrown in here, at the yield.
      if (isWaiting) inputFailure = { error }
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
      checkExpansion(taken, given)
      yield chunk
    }
  } catch (error) {
    throw inputFailure?.error === error ? error : explainDecompression(error, compression, taken)
  } finally {
    transform.destroy()
  }
}

function makeTransform(compression: 'gzip' | 'zstd'): Transform {
  const chunkSize = 1 << 20
  if (compression === 'gzip') return createGunzip({ chunkSize })
  return createZstdDecompress({ chunkSize, params: { [constants.ZSTD_d_windowLogMax]: largestWindow } })
}
