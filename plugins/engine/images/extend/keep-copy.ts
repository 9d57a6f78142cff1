import { open } from 'node:fs/promises'
import { writing } from '../writing.ts'

/** Bytes that are written together. */
const batchSize = 1 << 20

/**
 * Passes a stream on and writes it to a new file beside, in large pieces while the next ones come. Nothing is computed
 * of the bytes: whoever unpacks them tells their digest. The file is whole when the stream has ended. Fails with
 * STORAGE_FULL, and as the input does.
 */
export async function* keepCopy(input: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array, void> {
  const file = await open(path, 'wx', 0o600)
  let batch: Uint8Array[] = []
  let length = 0
  let written: Promise<unknown> = Promise.resolve()
  const writeBatch = async () => {
    await written
    const pieces = batch
    batch = []
    length = 0
    written = writeAll(file, pieces)
    // It is awaited before the next; a failure meanwhile must not end the process.
    written.catch(() => undefined)
  }
  try {
    for await (const chunk of input) {
      batch.push(chunk)
      length += chunk.length
      if (length >= batchSize) await writeBatch()
      yield chunk
    }
    await writeBatch()
  } finally {
    await written.finally(() => file.close())
  }
}

async function writeAll(file: Awaited<ReturnType<typeof open>>, pieces: readonly Uint8Array[]): Promise<void> {
  let rest = [...pieces]
  while (rest.length > 0) {
    let { bytesWritten } = await writing('the archive of the layer', () => file.writev(rest))
    while (rest[0] !== undefined && bytesWritten >= rest[0].length) bytesWritten -= rest.shift()?.length ?? 0
    rest = rest[0] === undefined ? [] : [rest[0].subarray(bytesWritten), ...rest.slice(1)]
  }
}
