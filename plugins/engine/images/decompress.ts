import { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { codedError } from '@moby/contracts'

const gzip = [0x1f, 0x8b]
const zstd = [0x28, 0xb5, 0x2f, 0xfd]
const unsupported: readonly { readonly name: string; readonly magic: readonly number[] }[] = [
  { name: 'bzip2', magic: [0x42, 0x5a, 0x68] },
  { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
]

/** Large pieces: the usual 16 KiB cost more than twice the time. */
const chunkSize = 1024 * 1024

/**
 * Plain bytes of a stream that may be gzip or zstd, told by its first bytes. Errors: ARCHIVE_TRUNCATED and
 * ARCHIVE_INVALID for damaged input or a compression that is not supported; errors of the input pass unchanged.
 */
export async function* decompress(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const iterator = input[Symbol.asyncIterator]()
  const head: Uint8Array[] = []
  let length = 0
  while (length < 6) {
    const next = await iterator.next()
    if (next.done === true) break
    head.push(next.value)
    length += next.value.length
  }
  const whole = continued(head, iterator)
  const start = Buffer.concat(head).subarray(0, 6)
  const refused = unsupported.find(({ magic }) => startsWith(start, magic))
  if (refused !== undefined) {
    await iterator.return?.()
    throw codedError('ARCHIVE_INVALID', `The archive is compressed with ${refused.name}, which is not supported.`, {
      hint: 'Decompress it first, or compress it with gzip or zstd.',
    })
  }
  if (startsWith(start, gzip)) yield* inflate(whole, createGunzip({ chunkSize }), 'gzip')
  else if (startsWith(start, zstd)) yield* inflate(whole, createZstdDecompress({ chunkSize }), 'zstd')
  else yield* whole
}

async function* continued(
  head: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* head
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}

async function* inflate(
  input: AsyncIterable<Uint8Array>,
  transform: ReturnType<typeof createGunzip> | ReturnType<typeof createZstdDecompress>,
  name: string,
): AsyncGenerator<Uint8Array, void> {
  const source = Readable.from(input, { objectMode: false, highWaterMark: chunkSize })
  let inputError: unknown
  source.once('error', (error) => {
    inputError = error
    transform.destroy(error)
  })
  source.pipe(transform)
  try {
    yield* transform as AsyncIterable<Uint8Array>
  } catch (error) {
    if (inputError !== undefined) throw inputError
    const reason = error instanceof Error ? error.message : String(error)
    const truncated = reason.includes('unexpected end')
    throw codedError(truncated ? 'ARCHIVE_TRUNCATED' : 'ARCHIVE_INVALID', `The ${name} stream is damaged: ${reason}`, {
      cause: error,
    })
  } finally {
    source.destroy()
    transform.destroy()
  }
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte)
}
