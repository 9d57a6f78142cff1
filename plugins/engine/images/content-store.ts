import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codedError } from '@moby/contracts'

/** Blobs by digest: a blob is there whole and as its digest says, or not at all. */
export class ContentStore {
  readonly #blobs: string
  readonly #ingest: string

  private constructor(folder: string) {
    this.#blobs = join(folder, 'blobs/sha256')
    this.#ingest = join(folder, 'ingest')
  }

  /** Sweeps what earlier ingests left. */
  static async open(folder: string): Promise<ContentStore> {
    const store = new ContentStore(folder)
    await rm(store.#ingest, { recursive: true, force: true })
    await mkdir(store.#blobs, { recursive: true, mode: 0o700 })
    await mkdir(store.#ingest, { recursive: true, mode: 0o700 })
    return store
  }

  /** Keeps a small blob and tells its digest. It survives a loss of power once this returns. */
  async put(content: Uint8Array): Promise<string> {
    const hex = createHash('sha256').update(content).digest('hex')
    const temporary = join(this.#ingest, randomBytes(8).toString('hex'))
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, join(this.#blobs, hex))
    return `sha256:${hex}`
  }

  /** Reads a small blob and checks it against its digest. Errors: IMAGE_INVALID when it is damaged or gone. */
  async get(digest: string): Promise<Uint8Array> {
    const hex = digest.slice('sha256:'.length)
    const content = await readFile(join(this.#blobs, hex)).catch((cause: unknown) => {
      throw codedError('IMAGE_INVALID', `The blob ${digest} is missing.`, { cause, hint: 'Load the image again.' })
    })
    if (createHash('sha256').update(content).digest('hex') !== hex) {
      throw codedError('IMAGE_INVALID', `The blob ${digest} is damaged.`, {
        hint: 'Remove the image and load it again.',
      })
    }
    return content
  }

  async remove(digest: string): Promise<void> {
    await rm(join(this.#blobs, digest.slice('sha256:'.length)), { force: true })
  }

  /** Removes every blob that is not among these digests. */
  async retain(digests: ReadonlySet<string>): Promise<void> {
    for (const hex of await readdir(this.#blobs)) {
      if (!digests.has(`sha256:${hex}`)) await this.remove(`sha256:${hex}`)
    }
  }

  /** A folder for what is needed during one operation only. What is not released is swept at the next start. */
  async makeScratch(): Promise<{ readonly path: string; release(): Promise<void> }> {
    const path = join(this.#ingest, randomBytes(8).toString('hex'))
    await mkdir(path, { mode: 0o700 })
    return { path, release: () => rm(path, { recursive: true, force: true }) }
  }
}
