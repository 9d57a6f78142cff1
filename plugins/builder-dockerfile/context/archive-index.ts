import { createHash, type Hash } from 'node:crypto'
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { codedError } from '@moby/contracts/errors'
import { longestPath } from '@moby/lib-linux/files'
import { cleanPath, defaultExpansion, Hole, TarReader, type TarEntry, type TarLimits } from '@moby/lib-tar'
import { parentOf, toText } from './names.ts'

/** One entry of an archive; the content of files stands in a file beside. */
export interface ArchiveNode {
  /** Byte string, relative to the root, without dots; '' is the root. */
  readonly path: string
  readonly entry: TarEntry
  /** Where its content begins in the file of contents. */
  readonly offset: number
  /** Hexadecimal SHA-256 of the content, empty without one. */
  readonly digest: string
}

/** How much an archive may ask for. */
export interface IndexLimits extends TarLimits {
  /** Bytes of what is held of all entries: names, with those of folders that only lie on the way, and attributes. */
  readonly heldBytes: number
}

const mostHeldBytes = 256 * 1024 * 1024

const nothing = createHash('sha256').digest('hex')

/**
 * Takes an archive apart as it comes: headers into a list, contents one after another into a file, hashed on the way.
 * Holes of sparse files stay holes there, but are hashed as the zeros that layers have of them; so they may not make the
 * contents larger than compression may. Synchronous, for a worker thread or a small archive. Errors: ARCHIVE_*,
 * BUILD_CONTEXT_INVALID.
 */
export class ArchiveIndex {
  readonly #file: number
  readonly #reader: TarReader
  readonly #nodes: ArchiveNode[] = []
  readonly #mostHeld: number
  #held = 0
  /** That of the entry before: archives go folder by folder, so that few folders are counted twice. */
  #folder = ''
  #offset = 0
  #open: { entry: TarEntry; path: string; offset: number; hash: Hash; left: number } | undefined

  constructor(contents: string, { heldBytes = mostHeldBytes, ...limits }: Partial<IndexLimits>) {
    this.#file = openSync(contents, 'wx', 0o600)
    this.#reader = new TarReader({ expansion: defaultExpansion, ...limits })
    this.#mostHeld = heldBytes
  }

  push(chunk: Uint8Array): void {
    for (const event of this.#reader.push(chunk)) {
      if (event instanceof Hole || event instanceof Uint8Array) this.#takeContent(event)
      else this.#takeEntry(event)
    }
  }

  finish(): ArchiveNode[] {
    this.#reader.finish()
    ftruncateSync(this.#file, this.#offset)
    return this.#nodes
  }

  close(): void {
    closeSync(this.#file)
  }

  #takeEntry(entry: TarEntry): void {
    const path = cleanPath(entry.name, entry.name)
    if (entry.linkName.length > longestPath) {
      throw codedError('ARCHIVE_INVALID', `The archive entry ${nameFor(path)} links to a path that is too long`)
    }
    this.#hold(path, entry)
    if (path.split('/').some((part) => part.startsWith('.wh.'))) {
      throw codedError('BUILD_CONTEXT_INVALID', `The file ${nameFor(path)} cannot be in an image`, {
        hint: 'Names that begin with .wh. mean removed files in layers. Rename it, or leave it out by .dockerignore.',
      })
    }
    if (entry.type === 'file' && entry.size > 0) {
      this.#open = { entry, path, offset: this.#offset, hash: createHash('sha256'), left: entry.size }
    } else {
      this.#nodes.push({ path, entry, offset: this.#offset, digest: entry.type === 'file' ? nothing : '' })
    }
  }

  /** Counts what is held of an entry. A deep path stands for a folder, with a name as long, at each of its slashes. */
  #hold(path: string, entry: TarEntry): void {
    this.#held += path.length + entry.name.length + entry.linkName.length
    for (const [name, value] of entry.xattrs) this.#held += name.length + value.length
    const folder = parentOf(path)
    for (let above = folder; above !== '' && !isWithin(this.#folder, above); above = parentOf(above)) {
      this.#held += above.length
    }
    this.#folder = folder
    if (this.#held <= this.#mostHeld) return
    throw codedError(
      'ARCHIVE_LIMIT',
      `The names and attributes of the archive are more than ${this.#mostHeld} bytes at the entry ${nameFor(path)}`,
    )
  }

  #takeContent(piece: Uint8Array | Hole): void {
    const open = this.#open
    if (open === undefined) return
    if (piece instanceof Hole) hashZeros(open.hash, piece.length)
    else {
      open.hash.update(piece)
      for (let at = 0; at < piece.length;) {
        at += writeSync(this.#file, piece, at, piece.length - at, this.#offset + at)
      }
    }
    this.#offset += piece.length
    open.left -= piece.length
    if (open.left > 0) return
    const { path, entry, offset } = open
    this.#nodes.push({ path, entry, offset, digest: open.hash.digest('hex') })
    this.#open = undefined
  }
}

const zeros = new Uint8Array(1 << 16)

function hashZeros(hash: Hash, length: number): void {
  for (let left = length; left > 0; left -= zeros.length) hash.update(zeros.subarray(0, left))
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

function nameFor(path: string): string {
  return JSON.stringify(toText(path.length > 200 ? `${path.slice(0, 200)}...` : path))
}
