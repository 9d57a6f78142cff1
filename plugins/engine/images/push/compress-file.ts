import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { SpooledFile } from '../content-store.ts'
import { writing } from '../writing.ts'

const chunkSize = 1 << 18

/** Compresses a stream into a new file; deflate runs in the threads of zlib. Fails with STORAGE_FULL, and as the input. */
export async function compressFile(
  input: AsyncIterable<Uint8Array>,
  path: string,
  signal: AbortSignal,
): Promise<SpooledFile> {
  signal.throwIfAborted()
  const file = await open(path, 'wx', 0o600)
  const gzip = createGzip({ chunkSize })
  const piped = pipeline(Readable.from(input, { objectMode: false }), gzip, { signal })
  // Its failures come out of the iteration below.
  piped.catch(() => undefined)
  try {
    const hash = createHash('sha256')
    let size = 0
    for await (const chunk of gzip as AsyncIterable<Uint8Array>) {
      hash.update(chunk)
      await writing('a compressed layer', () => file.writeFile(chunk))
      size += chunk.length
    }
    return { path, digest: `sha256:${hash.digest('hex')}`, size }
  } finally {
    gzip.destroy()
    await file.close()
  }
}
