import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { codedError } from '@moby/contracts'
import { parseDigest } from 'oci-spec-ts'

/** What a blob must be. */
export interface ExpectedBlob {
  readonly digest: string
  readonly size: number
}

/** Content by digest. A blob is there as a whole or not at all, whatever ends the process. */
export class BlobStore {
  readonly #blobs: string
  readonly #drafts: string

  /** `folder` belongs to the store alone; what an earlier life left half done goes. */
  constructor(folder: string) {
    this.#blobs = join(folder, 'sha256')
    this.#drafts = join(folder, 'drafts')
    rmSync(this.#drafts, { recursive: true, force: true })
    for (const each of [this.#blobs, this.#drafts]) mkdirSync(each, { recursive: true, mode: 0o700 })
  }

  has(digest: string): boolean {
    return existsSync(this.#pathOf(digest))
  }

  /** Bytes. Fails with CONTENT_NOT_FOUND. */
  async size(digest: string): Promise<number> {
    return (await stat(this.#pathOf(digest)).catch(orNotFound(digest))).size
  }

  /** A small blob as a whole. Fails with CONTENT_NOT_FOUND. */
  async read(digest: string): Promise<Buffer> {
    return await readFile(this.#pathOf(digest)).catch(orNotFound(digest))
  }

  stream(digest: string): AsyncIterable<Buffer> {
    return createReadStream(this.#pathOf(digest), { highWaterMark: 1 << 20 })
  }

  /** Keeps a blob; it survives a loss of power. Fails with CONTENT_MISMATCH when it is not what was expected. */
  async write(input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, expected?: ExpectedBlob): Promise<ExpectedBlob> {
    const draft = join(this.#drafts, randomBytes(8).toString('hex'))
    const hash = createHash('sha256')
    let size = 0
    try {
      const file = await open(draft, 'wx', 0o600)
      try {
        for await (const chunk of input) {
          hash.update(chunk)
          size += chunk.length
          await file.writeFile(chunk)
        }
        await file.sync()
      } finally {
        await file.close()
      }
      const digest = `sha256:${hash.digest('hex')}`
      if (expected !== undefined && (expected.digest !== digest || expected.size !== size)) {
        throw codedError(
          'CONTENT_MISMATCH',
          `What came as ${expected.digest} (${expected.size} bytes) is ${digest} (${size} bytes)`,
        )
      }
      await rename(draft, this.#pathOf(digest))
      return { digest, size }
    } finally {
      await rm(draft, { force: true })
    }
  }

  /** Removes every blob but these. */
  collect(kept: ReadonlySet<string>): void {
    for (const name of readdirSync(this.#blobs)) {
      if (!kept.has(`sha256:${name}`)) rmSync(join(this.#blobs, name), { force: true })
    }
  }

  #pathOf(digest: string): string {
    const parsed = parseDigest(digest)
    if (parsed?.algorithm === 'sha256') return join(this.#blobs, parsed.encoded)
    throw codedError('DIGEST_INVALID', `The digest ${digest} is not of sha256, the only algorithm known here`)
  }
}

function orNotFound(digest: string) {
  return (cause: unknown): never => {
    throw codedError('CONTENT_NOT_FOUND', `There is no content ${digest} of a plugin`, { details: { digest }, cause })
  }
}
