import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { pipeline } from 'node:stream/promises'
import { codedError } from '@moby/contracts'
import type { Named } from './image-documents.ts'

/** An OCI image layout in a folder, filled as it is pulled. What it holds is measured each time it is asked for. */
export class LayoutCache {
  readonly folder: string
  readonly #blobs: string

  /** `folder`: where the payload of the component is to be; the layout is `image` in it. */
  constructor(folder: string) {
    this.folder = folder
    this.#blobs = join(folder, 'image/blobs/sha256')
  }

  /** Makes the folder. Fails with DATA_ROOT_UNUSABLE when somebody else could change what is in it. */
  async open(): Promise<void> {
    await mkdir(this.#blobs, { recursive: true, mode: 0o700 })
    const { uid, mode } = await lstat(this.folder)
    if (uid === process.getuid?.() && (mode & 0o022) === 0) return
    throw codedError('DATA_ROOT_UNUSABLE', `${this.folder} belongs to somebody else, or others may write to it`, {
      hint: 'remove it, or name another cache: MOBY_CACHE=DIR',
    })
  }

  /** A document by its digest: the one that is here if it is sound, else what `fetch` brings. */
  async document(digest: string, fetch: () => Promise<AsyncIterable<Uint8Array>>): Promise<Buffer> {
    await this.blob(digest, fetch)
    return await readFile(this.#fileOf(digest))
  }

  /** Sees to it that a blob is here. `fetch` brings it; what it brings is measured. Fails with CONTENT_MISMATCH. */
  async blob(digest: string, fetch: () => Promise<AsyncIterable<Uint8Array>>): Promise<void> {
    const file = this.#fileOf(digest)
    const there = await measure(createReadStream(file, { highWaterMark: 1 << 20 })).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error
      },
    )
    if (there === digest) return
    const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
    try {
      const hash = createHash('sha256')
      const passing = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
        for await (const chunk of chunks) {
          hash.update(chunk)
          yield chunk
        }
      }
      await pipeline(passing(await fetch()), createWriteStream(draft, { mode: 0o600 }))
      const got = `sha256:${hash.digest('hex')}`
      if (got !== digest) throw codedError('CONTENT_MISMATCH', `What came for ${digest} is ${got}`)
      await rename(draft, file)
    } finally {
      await rm(draft, { force: true })
    }
  }

  /** Writes what makes a layout of the blobs, and the descriptor of the component beside it. */
  async finish(manifest: Named, descriptor: string): Promise<void> {
    const { mediaType, digest, size } = manifest
    const index = { schemaVersion: 2, manifests: [{ mediaType, digest, size }] }
    await writeFile(join(this.folder, 'image/index.json'), JSON.stringify(index))
    await writeFile(join(this.folder, 'image/oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
    await writeFile(join(this.folder, 'component.yaml'), descriptor)
  }

  #fileOf(digest: string): string {
    return join(this.#blobs, digest.replace('sha256:', ''))
  }
}

async function measure(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of chunks) hash.update(chunk)
  return `sha256:${hash.digest('hex')}`
}
