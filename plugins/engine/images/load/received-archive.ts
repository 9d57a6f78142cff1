import { readFile } from 'node:fs/promises'
import { posix } from 'node:path'
import { codedError } from '@moby/contracts'
import { readTar } from '@moby/lib-tar'
import type { ReceivedFile } from './received-file.ts'

/** Archives of images have some files a layer, never many. */
const mostEntries = 100_000
const largestDocument = 4 * 2 ** 20
/** Bytes of all documents together: what is read of them is held until the images are there. */
const mostDocuments = 64 * 2 ** 20
const mostLinks = 8

/** Takes a file over, whose content must be read to its end or fail. */
export type ReceiveFile = (name: string, size: number, content: AsyncIterable<Uint8Array>) => Promise<ReceivedFile>

/** The files of an image archive, on disk, by their names in it. */
export class ReceivedArchive {
  readonly #files = new Map<string, ReceivedFile>()
  readonly #links = new Map<string, string>()
  #documents = 0

  /** Reads the archive to its end; the order of its files does not matter. Errors: ARCHIVE_*, those of `receive`. */
  static async read(input: AsyncIterable<Uint8Array>, receive: ReceiveFile): Promise<ReceivedArchive> {
    const archive = new ReceivedArchive()
    for await (const { entry, content } of readTar(input, { entries: mostEntries })) {
      const name = cleanName(Buffer.from(entry.name, 'latin1').toString('utf8'))
      const target = Buffer.from(entry.linkName, 'latin1').toString('utf8')
      if (entry.type === 'file') archive.#files.set(name, await receive(name, entry.size, content))
      else if (entry.type === 'symlink') {
        // Older versions of `docker save` link layers that images share.
        archive.#links.set(name, cleanName(posix.join(posix.dirname(name), target)))
      } else if (entry.type === 'hard-link') archive.#links.set(name, cleanName(target))
    }
    return archive
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined
  }

  /** Fails with ARCHIVE_INVALID when there is none, and with what made it unreadable. */
  get(name: string): ReceivedFile {
    const file = this.#find(name)
    if (file === undefined) {
      throw codedError('ARCHIVE_INVALID', `The archive does not hold the file ${JSON.stringify(name)} that it names`)
    }
    if (file.failure !== undefined) throw file.failure
    return file
  }

  /** The bytes of a document, which must be of a reasonable size. */
  async document(name: string): Promise<Uint8Array> {
    const { path, size, isStored } = this.get(name)
    if (isStored === true) throw codedError('ARCHIVE_INVALID', `${JSON.stringify(name)} is a layer and no document`)
    if (size > largestDocument) {
      throw codedError('ARCHIVE_LIMIT', `${name} has ${size} bytes where ${largestDocument} are allowed`)
    }
    this.count(size)
    return await readFile(path)
  }

  /** Counts bytes of a document that is held in memory. Fails with ARCHIVE_LIMIT when they are too many. */
  count(size: number): void {
    this.#documents += size
    if (this.#documents <= mostDocuments) return
    throw codedError(
      'ARCHIVE_LIMIT',
      `The manifests and configurations of the archive have more than ${mostDocuments} bytes`,
      {
        hint: 'Save the images in several archives.',
      },
    )
  }

  /** The folders that hold files, sorted. */
  folders(): string[] {
    const names = [...this.#files.keys(), ...this.#links.keys()].filter((name) => name.includes('/'))
    return [...new Set(names.map((name) => name.slice(0, name.indexOf('/'))))].toSorted()
  }

  #find(name: string): ReceivedFile | undefined {
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
}

/** Names are keys here and never paths, so that nothing can be reached by them. */
function cleanName(name: string): string {
  return posix.normalize(name).replace(/^\/+/, '')
}
