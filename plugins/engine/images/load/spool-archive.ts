import { readFile, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { codedError } from '@moby/contracts'
import { readTar } from '@moby/lib-tar'
import { spoolToEnd, type SpooledFile } from '../content-store.ts'

/** Archives of images have some files a layer, never many. */
const mostEntries = 100_000
const largestDocument = 4 * 2 ** 20
const mostLinks = 8

/** The files of an image archive, on disk, by their names in it. */
export class SpooledArchive {
  readonly #files = new Map<string, SpooledFile>()
  readonly #links = new Map<string, string>()

  /** Reads the archive to its end; the order of its files does not matter. Errors: ARCHIVE_*. */
  static async read(input: AsyncIterable<Uint8Array>, folder: string): Promise<SpooledArchive> {
    const archive = new SpooledArchive()
    let number = 0
    for await (const { entry, content } of readTar(input, { entries: mostEntries })) {
      const name = cleanName(Buffer.from(entry.name, 'latin1').toString('utf8'))
      const target = Buffer.from(entry.linkName, 'latin1').toString('utf8')
      if (entry.type === 'file') {
        number += 1
        archive.#files.set(name, await spoolToEnd(content, join(folder, String(number))))
      } else if (entry.type === 'symlink') {
        // Older versions of `docker save` link layers that images share.
        archive.#links.set(name, cleanName(posix.join(posix.dirname(name), target)))
      } else if (entry.type === 'hard-link') archive.#links.set(name, cleanName(target))
    }
    return archive
  }

  find(name: string): SpooledFile | undefined {
    let current = cleanName(name)
    for (let links = 0; links < mostLinks; links++) {
      const file = this.#files.get(current)
      if (file !== undefined) return file
      const target = this.#links.get(current)
      if (target === undefined) return undefined
      current = target
    }
    return undefined
  }

  /** Fails with ARCHIVE_INVALID. */
  get(name: string): SpooledFile {
    const file = this.find(name)
    if (file !== undefined) return file
    throw codedError('ARCHIVE_INVALID', `The archive does not hold the file ${JSON.stringify(name)} that it names`)
  }

  /** The bytes of a document, which must be of a reasonable size. */
  async document(name: string): Promise<Uint8Array> {
    const { path } = this.get(name)
    const { size } = await stat(path)
    if (size > largestDocument) {
      throw codedError('ARCHIVE_LIMIT', `${name} has ${size} bytes where ${largestDocument} are allowed`)
    }
    return await readFile(path)
  }
}

/** Names are keys here and never paths, so that nothing can be reached by them. */
function cleanName(name: string): string {
  return posix.normalize(name).replace(/^\/+/, '')
}
