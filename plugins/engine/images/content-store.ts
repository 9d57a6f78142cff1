import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, open, readdir, realpath, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { codedError } from '@moby/contracts'
import { mountsBelow, unmount } from '@moby/lib-linux'
import type { Flusher } from './flusher.ts'
import { Removals } from './removals.ts'
import { writing } from './writing.ts'

/** A file that has come in and is not in the store yet. */
export interface SpooledFile {
  readonly path: string
  readonly digest: string
  readonly size: number
}

/** Begins the names of folders that belong to one operation, and of files that a later one may go on with. */
const spoolPrefix = 'spool-'
const partialPrefix = 'partial-'

/**
 * Blobs by digest, in files `blobs/sha256/<hex>`. What is coming in lies in a folder of its own: spools, which are
 * gone when the store is opened, and partial blobs under the digest that they will have, which stay as long as a lease
 * holds them. A blob appears by a rename, whole and under the digest that was computed of it. Nothing is written
 * through to the disk before `flush`.
 */
export class ContentStore {
  readonly #blobs: string
  readonly #ingest: string
  readonly #flusher: Pick<Flusher, 'flush'>
  readonly #removals = new Removals()

  private constructor(folder: string, flusher: Pick<Flusher, 'flush'>) {
    this.#blobs = join(folder, 'blobs', 'sha256')
    this.#ingest = join(folder, 'ingest')
    this.#flusher = flusher
  }

  static async open(folder: string, flusher: Pick<Flusher, 'flush'>): Promise<ContentStore> {
    const store = new ContentStore(folder, flusher)
    await mkdir(store.#ingest, { recursive: true, mode: 0o700 })
    await mkdir(store.#blobs, { recursive: true, mode: 0o700 })
    // What a killed engine had mounted to look into an image.
    for (const point of mountsBelow(await realpath(store.#ingest))) unmount(point, { detach: true, ifMounted: true })
    for (const name of await readdir(store.#ingest)) {
      if (name.startsWith(partialPrefix)) continue
      await rm(join(store.#ingest, name), { recursive: true, force: true })
    }
    return store
  }

  /** Answers once all that was written to the file system before outlasts a loss of power. */
  async flush(): Promise<void> {
    await this.#flusher.flush()
  }

  /** Where a blob comes in that may be gone on with after a break. */
  partialPath(digest: string): string {
    return join(this.#ingest, `${partialPrefix}${hexOf(digest)}`)
  }

  async dropPartial(digest: string): Promise<void> {
    await rm(this.partialPath(digest), { force: true })
  }

  /** Opens a blob for reading that comes in, or has come in already. Fails with CONTENT_NOT_FOUND. */
  async openIncoming(digest: string): Promise<FileHandle> {
    await this.#removals.ended(digest)
    return await open(this.partialPath(digest), 'r').catch(() => this.#open(digest))
  }

  /** Makes a blob of a partial one, whose digest was checked. */
  async adoptPartial(digest: string): Promise<void> {
    if (await this.has(digest)) await this.dropPartial(digest)
    else await rename(this.partialPath(digest), this.#pathOf(digest))
  }

  /** Stores a document that is in memory; its digest is the caller's word. */
  async add(digest: string, content: Uint8Array): Promise<void> {
    if (await this.has(digest)) return
    const folder = await this.makeSpool()
    try {
      const path = join(folder, 'document')
      await writing(`the document ${digest}`, () => writeFile(path, content, { mode: 0o600 }))
      await this.adopt({ path, digest, size: content.length })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** A document, whole. Fails with CONTENT_NOT_FOUND. */
  async document(digest: string): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    for await (const chunk of this.read(digest)) chunks.push(chunk)
    return Buffer.concat(chunks)
  }

  /** A folder for files that come in together. It is the caller's to remove. */
  async makeSpool(): Promise<string> {
    return await writing('a folder', () => mkdtemp(join(this.#ingest, spoolPrefix)))
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
    const file = await this.#open(digest)
    yield* file.createReadStream({ start: offset, highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>
  }

  /** True when a blob is there, which it then is as long as a lease or an image holds it. */
  async has(digest: string): Promise<boolean> {
    return (await this.sizeOf(digest)) !== undefined
  }

  /** Bytes of a blob, undefined when it is not there. */
  async sizeOf(digest: string): Promise<number | undefined> {
    await this.#removals.ended(digest)
    return await stat(this.#pathOf(digest)).then(
      ({ size }) => size,
      () => undefined,
    )
  }

  /** Removes every blob that `isNeeded` does not name, and every partial one that no lease holds. Both are asked last. */
  async sweep(isNeeded: (digest: string) => boolean, isHeld: (digest: string) => boolean): Promise<void> {
    for (const name of await readdir(this.#blobs)) {
      const digest = `sha256:${name}`
      if (isNeeded(digest) || isHeld(digest)) continue
      await this.#removals.run(digest, () => rm(join(this.#blobs, name), { force: true }))
    }
    for (const name of await readdir(this.#ingest)) {
      const digest = `sha256:${name.slice(partialPrefix.length)}`
      if (!name.startsWith(partialPrefix) || isHeld(digest)) continue
      await this.#removals.run(digest, () => rm(join(this.#ingest, name), { force: true }))
    }
  }

  async #open(digest: string): Promise<FileHandle> {
    return await open(this.#pathOf(digest), 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      throw codedError('CONTENT_NOT_FOUND', `The content ${digest} is not in the store`, {
        hint: 'Pull or load the image again.',
        details: { digest },
      })
    })
  }

  #pathOf(digest: string): string {
    return join(this.#blobs, hexOf(digest))
  }
}

/** The only algorithm that content is stored by. Fails with DIGEST_INVALID, so that no digest becomes a path. */
function hexOf(digest: string): string {
  const hex = /^sha256:([a-f0-9]{64})$/.exec(digest)?.[1]
  if (hex !== undefined) return hex
  throw codedError('DIGEST_INVALID', `The digest ${JSON.stringify(digest)} is not one of sha256`, {
    details: { digest },
  })
}

/**
 * Writes a stream to a new file and passes it on, so that it is read once only. The result is there at its end. Fails
 * with STORAGE_FULL, and as the input does.
 */
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
      await writing('a file that came in', () => file.writeFile(chunk))
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

/** The bytes of a spooled file, in pieces that suit a decompressor. It is opened when it is read. */
export async function* readSpooled(file: SpooledFile): AsyncGenerator<Uint8Array, void> {
  yield* createReadStream(file.path, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>
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
