import { open } from 'node:fs/promises'

/**
 * Passes a stream on and writes it to a new file beside. Nothing is computed of the bytes: whoever unpacks them tells
 * their digest. The file is whole when the stream has ended.
 */
export async function* keepCopy(input: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array, void> {
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const chunk of input) {
      const written = file.writeFile(chunk)
      // It is awaited below; a failure meanwhile must not end the process.
      written.catch(() => undefined)
      yield chunk
      await written
    }
  } finally {
    await file.close()
  }
}
