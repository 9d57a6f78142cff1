import { pipeline, Readable } from 'node:stream'
import { constants, createDeflateRaw, createGzip } from 'node:zlib'
import type { ArchiveEncoding } from './choose-encoding.ts'

/** Compresses a stream no faster than it is read, quickly rather than well: it goes over a socket of this host. */
export async function* compress(
  bytes: AsyncIterable<Uint8Array>,
  encoding: ArchiveEncoding,
): AsyncGenerator<Uint8Array, void> {
  const options = { level: constants.Z_BEST_SPEED }
  // Docker's deflate has no zlib header around it.
  const encoder = encoding === 'gzip' ? createGzip(options) : createDeflateRaw(options)
  // Its failures come out of the iteration below, and its end ends the source.
  pipeline(Readable.from(bytes, { objectMode: false }), encoder, () => undefined)
  try {
    yield* encoder as AsyncIterable<Uint8Array>
  } finally {
    encoder.destroy()
  }
}
