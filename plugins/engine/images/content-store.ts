import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mountsBelow, unmount } from '@moby/lib-linux'
import { mkdir, mkdtemp, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { codedError } from '@moby/contracts'

/** A file that has come in and is not in the store yet. */
export interface SpooledFile {
  readonly path: string
  readonly digest: string
  readonly size: number
}

/**
 * Blobs by digest, in files `blobs/sha256/<hex>`. What is coming in lies in a folder of its own, which is emptied
 * when the store is opened; a blob appears by a rename, whole and under the digest that was computed of it.
 */
export class ContentStore {
  readonly #blobs: string
  readonly #ingest: string

  private constructor(folder: string) {
    this.#blobs = join(folder, 'blobs', 'sha256')
    this.#ingest = join(folder, 'ingest')
  }

  static async open(folder: string): Promise<ContentStore> {
    const store = new ContentStore(folder)
    if (existsSync(store.#ingest)) {
      // What a killed engine had mounted to look into an image.
      for (const point of mountsBelow(await realpath(store.#ingest))) unmount(point, { detach: true, ifMounted: true })
    }
    await rm(store.#ingest, { recursive: true, force: true })
    await mkdir(store.#ingest, { recursive: true, mode: 0o700 })
    await mkdir(store.#blobs, { recursive: true, mode: 0o700 })
    return store
  }

  /** A folder for files that come in together. It is the caller's to remove. */
  async makeSpool(): Promise<string> {
    return await mkdtemp(join(this.#ingest, 'spool-'))
  }

  /** A folder for mount points that exist for a moment. */
  async viewFolder(): Promise<string> {
    const folder = join(this.#ingest, 'views')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return folder
  }

  /** Takes a file over as a blob; if there is one of that digest already, the file stays where it is. */
  async adopt(file: SpooledFile): Promise<void> {
    if (await this.has(file.digest)) return
    await rename(file.path, this.#pathOf(file.digest))
  }

  /** The bytes of a blob, from one on. Fails with CONTENT_NOT_FOUND. */
  async *read(digest: string, offset = 0): AsyncGenerator<Uint8Array, void> {
    const file = await open(this.#pathOf(digest), 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      throw codedError('CONTENT_NOT_FOUND', `The content ${digest} is not in the store`, {
        hint: 'Pull or load the image again.',
        details: { digest },
      })
    })
    yield* file.createReadStream({ start: offset, highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>
  }

  async has(digest: string): Promise<boolean> {
    return await stat(this.#pathOf(digest)).then(
      () => true,
      () => false,
    )
  }

  /** Removes every blob that `isNeeded` does not name. */
  async sweep(isNeeded: (digest: string) => boolean): Promise<void> {
    for (const name of await readdir(this.#blobs)) {
      if (!isNeeded(`sha256:${name}`)) await rm(join(this.#blobs, name), { force: true })
    }
  }

  #pathOf(digest: string): string {
    return join(this.#blobs, digest.replace(/^sha256:/, ''))
  }
}

/** Writes a stream to a new file and passes it on, so that it is read once only. The result is there at its end. */
export async function* spool(
  input: AsyncIterable<Uint8Array>,
  path: string,
  result: (file: SpooledFile) => void,
): AsyncGenerator<Uint8Array, void> {
  const hash = createHash('sha256')
  const file = await open(path, 'wx', 0o600)
  let size = 0
  try {
    for await (const chunk of input) {
      hash.update(chunk)
      for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten
      size += chunk.length
      yield chunk
    }
  } finally {
    await file.close()
  }
  result({ path, digest: `sha256:${hash.digest('hex')}`, size })
}

/** Writes a stream to a new file. */
export async function spoolToEnd(input: AsyncIterable<Uint8Array>, path: string): Promise<SpooledFile> {
  let file: SpooledFile | undefined
  for await (const _ of spool(input, path, (done) => (file = done)));
  return file ?? { path, digest: '', size: 0 }
}

/** The bytes of a spooled file, in pieces that suit a decompressor. */
export function readSpooled(file: SpooledFile): AsyncIterable<Uint8Array> {
  return createReadStream(file.path, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>
}

/** The first bytes of a spooled file, fewer when it is shorter. */
export async function readStart(file: SpooledFile, length: number): Promise<Uint8Array> {
  const handle = await open(file.path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
