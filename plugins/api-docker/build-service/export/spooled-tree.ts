import { randomUUID } from 'node:crypto'
import { mkdir, open, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { readTar, type TarEntry } from '@moby/lib-tar'

/** A file of a tree. */
export interface TreeFile {
  readonly path: string
  /** Where it is another name of an earlier file, that one's path stands in it. */
  readonly entry: TarEntry
  readonly offset: number
}

/**
 * The files of an archive in the order of their paths, with their contents in a file without a name, which goes with
 * its descriptor. A client may ask for contents in any order, and an archive has but one.
 */
export class SpooledTree {
  readonly files: readonly TreeFile[]
  readonly #contents: FileHandle

  private constructor(files: readonly TreeFile[], contents: FileHandle) {
    this.files = files
    this.#contents = contents
  }

  static async take(archive: AsyncIterable<Uint8Array>, folder: string): Promise<SpooledTree> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, randomUUID())
    const contents = await open(path, 'wx+', 0o600)
    try {
      await unlink(path)
      const files: TreeFile[] = []
      let offset = 0
      for await (const { entry, content } of readTar(archive)) {
        const start = offset
        for await (const piece of content) {
          await contents.write(piece, 0, piece.length, offset)
          offset += piece.length
        }
        const name = cleanName(entry.name)
        if (name !== '') files.push({ path: name, entry, offset: start })
      }
      return new SpooledTree(inOrder(files), contents)
    } catch (error) {
      await contents.close()
      throw error
    }
  }

  /** The content of a file, in pieces. */
  async *contentOf({ entry, offset }: TreeFile): AsyncGenerator<Uint8Array, void> {
    for (let at = 0; at < entry.size;) {
      const buffer = Buffer.alloc(Math.min(pieceBytes, entry.size - at))
      const { bytesRead } = await this.#contents.read(buffer, 0, buffer.length, offset + at)
      if (bytesRead === 0) throw new Error(`the content of ${this.#contents.fd} is shorter than it was`)
      at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  }

  async close(): Promise<void> {
    await this.#contents.close()
  }
}

const pieceBytes = 256 * 1024

function cleanName(name: string): string {
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
}

/** Of the names of one file the first in order is the file, wherever the archive had its content. */
function inOrder(files: readonly TreeFile[]): TreeFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const sorted = files.toSorted((a, b) => comparePaths(a.path, b.path))
  const firsts = new Map<TreeFile, string>()
  return sorted.flatMap((file) => {
    const content = contentFile(file, byPath)
    if (content === undefined) return []
    const first = firsts.get(content)
    if (first === undefined) {
      firsts.set(content, file.path)
      return [{ path: file.path, entry: content.entry, offset: content.offset }]
    }
    return [{ ...file, entry: { ...content.entry, type: 'hard-link' as const, linkName: first, size: 0 } }]
  })
}

function contentFile(file: TreeFile, byPath: ReadonlyMap<string, TreeFile>): TreeFile | undefined {
  if (file.entry.type !== 'hard-link') return file
  const target = byPath.get(cleanName(file.entry.linkName))
  return target?.entry.type === 'hard-link' ? undefined : target
}

/** Folder by folder: a slash comes before every other character. */
function comparePaths(a: string, b: string): number {
  const [left, right] = [a.replaceAll('/', '\0'), b.replaceAll('/', '\0')]
  return left < right ? -1 : left > right ? 1 : 0
}
