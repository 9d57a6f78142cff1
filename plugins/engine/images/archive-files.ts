import { createReadStream } from 'node:fs'
import { open, readFile, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { codedError } from '@moby/contracts'
import { readTar } from '@moby/lib-tar'

/** Documents of an archive are small; larger ones are refused before they are read. */
const documentLimit = 4 * 1024 * 1024

/** The files of an image archive, kept in a folder under names of our own, whatever theirs are. */
export class ArchiveFiles {
  readonly #files: ReadonlyMap<string, string>

  private constructor(files: ReadonlyMap<string, string>) {
    this.#files = files
  }

  /** Takes an uncompressed archive to its end. Errors: ARCHIVE_*, and those of the input. */
  static async receive(archive: AsyncIterable<Uint8Array>, folder: string): Promise<ArchiveFiles> {
    const files = new Map<string, string>()
    const links = new Map<string, string>()
    for await (const { entry, content } of readTar(archive)) {
      const name = plainName(entry.name)
      if (entry.type === 'file') {
        const path = join(folder, String(files.size))
        const file = await open(path, 'w', 0o600)
        try {
          for await (const chunk of content) await file.write(chunk)
        } finally {
          await file.close()
        }
        files.set(name, path)
      } else if (entry.type === 'symlink') {
        links.set(name, posix.join(posix.dirname(name), entry.linkName))
      } else if (entry.type === 'hard-link') {
        links.set(name, plainName(entry.linkName))
      }
    }
    // Older archives name a layer that two images share once, and link to it from the other.
    for (const [name, target] of links) {
      const path = files.get(target)
      if (path !== undefined) files.set(name, path)
    }
    return new ArchiveFiles(files)
  }

  has(name: string): boolean {
    return this.#files.has(plainName(name))
  }

  /** A whole small file. Errors: ARCHIVE_INVALID when it is missing, ARCHIVE_LIMIT when it is not small. */
  async read(name: string): Promise<Uint8Array> {
    const path = this.#path(name)
    const { size } = await stat(path)
    if (size > documentLimit) {
      throw codedError(
        'ARCHIVE_LIMIT',
        `The document ${name} of the archive has ${size} bytes; ${documentLimit} are allowed.`,
      )
    }
    return await readFile(path)
  }

  async json(name: string): Promise<unknown> {
    const text = Buffer.from(await this.read(name)).toString()
    try {
      return JSON.parse(text)
    } catch (cause) {
      throw codedError('ARCHIVE_INVALID', `The document ${name} of the archive is not JSON.`, { cause })
    }
  }

  stream(name: string): AsyncIterable<Uint8Array> {
    return createReadStream(this.#path(name), { highWaterMark: 1024 * 1024 })
  }

  #path(name: string): string {
    const path = this.#files.get(plainName(name))
    if (path === undefined) {
      throw codedError('ARCHIVE_INVALID', `The archive has no file ${name}, which its manifest names.`, {
        hint: 'Save the image again: the archive is not whole.',
      })
    }
    return path
  }
}

/** One spelling for a name: without `./`, `..` taken out, never leading outside. */
function plainName(name: string): string {
  return posix.join('/', name).slice(1)
}
