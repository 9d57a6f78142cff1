import { pipeline, Readable, type Transform } from 'node:stream'
import { constants, createGunzip, createZstdDecompress } from 'node:zlib'
import { codedError } from '@moby/contracts'

export type Compression = 'none' | 'gzip' | 'zstd' | 'xz' | 'bzip2'

const signatures: readonly (readonly [Compression, string])[] = [
  ['gzip', '1f8b'],
  ['zstd', '28b52ffd'],
  ['xz', 'fd377a585a00'],
  ['bzip2', '425a68'],
]
const mostExpansion = 200
const expansionFrom = 2 ** 30

/** Tells a compression by the first six bytes. */
export function compressionOf(start: Uint8Array): Compression {
  const hex = Buffer.from(start).toString('hex', 0, 6)
  return signatures.find(([, signature]) => hex.startsWith(signature))?.[0] ?? 'none'
}

/** Gives the first bytes of a stream, and the stream with them. */
export async function peek(
  input: AsyncIterable<Uint8Array>,
  length: number,
): Promise<{ start: Uint8Array; whole: AsyncGenerator<Uint8Array, void> }> {
  const iterator = input[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let known = 0
  while (known < length) {
    const next = await iterator.next()
    if (next.done === true) break
    chunks.push(next.value)
    known += next.value.length
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

/**
 * Decompresses as the input comes. Errors: NOT_SUPPORTED for xz and bzip2, ARCHIVE_TRUNCATED, ARCHIVE_INVALID,
 * ARCHIVE_LIMIT for what unfolds out of all proportion, and those of the input.
 */
export async function* decompress(
  input: AsyncIterable<Uint8Array>,
  compression: Compression,
  what: string,
): AsyncGenerator<Uint8Array, void> {
  if (compression === 'none') {
    yield* input
    return
  }
  if (compression === 'xz' || compression === 'bzip2') {
    throw codedError('NOT_SUPPORTED', `${what} is compressed with ${compression}, which is not supported`, {
      hint: 'Compress it with gzip or zstd, or not at all.',
    })
  }
  const progress: { taken: number; failure?: unknown } = { taken: 0 }
  const counted = async function* () {
    try {
      for await (const chunk of input) {
        progress.taken += chunk.length
        yield chunk
      }
    } catch (error) {
      progress.failure = error
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
      if (given > expansionFrom && given > progress.taken * mostExpansion) {
        throw codedError('ARCHIVE_LIMIT', `${what} unfolds to more than ${mostExpansion} times its size`)
      }
      yield chunk
    }
  } catch (error) {
    throw progress.failure ?? explain(error, compression, what)
  } finally {
    transform.destroy()
  }
}

function makeTransform(compression: 'gzip' | 'zstd'): Transform {
  const chunkSize = 1 << 20
  if (compression === 'gzip') return createGunzip({ chunkSize })
  return createZstdDecompress({ chunkSize, params: { [constants.ZSTD_d_windowLogMax]: 27 } })
}

function explain(error: unknown, compression: string, what: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (typeof code !== 'string' || !/^(Z_|ZSTD_)/.test(code)) return error
  if (/unexpected end|premature|incomplete/i.test(message)) {
    return codedError('ARCHIVE_TRUNCATED', `${what} ends unexpectedly (${compression})`, { cause: error })
  }
  return codedError('ARCHIVE_INVALID', `${what} is damaged (${compression}): ${message}`, { cause: error })
}
