import { randomUUID } from 'node:crypto'
import { mkdir, open, unlink } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { isCodedError } from '@moby/contracts'
import { decompress, detectCompression, readTar } from '@moby/lib-tar'

/** The context of a build that came with its request, as an archive. */
export interface KeptContext {
  /** Undefined where nobody need know it before the build, and where the archive does not have it. */
  readonly dockerfile: string | undefined
  /** The archive as it came, once. */
  content(): AsyncIterable<Uint8Array>
  close(): Promise<void>
}

/** Bytes of a Dockerfile at most. */
const textLimit = 4 * 1024 * 1024
const pieceBytes = 256 * 1024

/** A context of which nothing need be known before the build. */
export function passOn(body: AsyncIterable<Uint8Array>): KeptContext {
  return { dockerfile: undefined, content: () => body, close: async () => undefined }
}

/**
 * Keeps a context until its Dockerfile is known, which says what its client must be asked for. It is in a file without a
 * name, which goes with its descriptor. What is wrong with the archive is left for the builder to find.
 */
export async function keepContext(
  body: AsyncIterable<Uint8Array>,
  { folder, dockerfile }: { readonly folder: string; readonly dockerfile: string },
): Promise<KeptContext> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, randomUUID())
  const file = await open(path, 'wx+', 0o600)
  const content = async function* () {
    for (let at = 0; ;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(pieceBytes), 0, pieceBytes, at)
      if (bytesRead === 0) return
      at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  }
  try {
    await unlink(path)
    for await (const piece of body) await file.writeFile(piece)
    return { dockerfile: await findText(content(), dockerfile), content, close: () => file.close() }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Of several files of one name the last counts, as when the archive is unpacked. */
async function findText(archive: AsyncIterable<Uint8Array>, name: string): Promise<string | undefined> {
  const wanted = posix.normalize(name)
  let found: string | undefined
  try {
    const { compression, input } = await detectCompression(archive)
    for await (const { entry, content } of readTar(decompress(input, compression))) {
      const path = posix.normalize(Buffer.from(entry.name, 'latin1').toString())
      if (entry.type !== 'file' || path !== wanted || entry.size > textLimit) continue
      found = Buffer.concat(await Array.fromAsync(content)).toString()
    }
  } catch (error) {
    if (!isCodedError(error)) throw error
  }
  return found
}
