import { createHash, type Hash } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { codedError } from '@moby/contracts/errors'
import { TarReader, type TarEntry, type TarLimits } from '@moby/lib-tar'
import { toText } from './names.ts'

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

const nothing = createHash('sha256').digest('hex')

/**
 * Takes an archive apart as it comes: headers into a list, contents one after another into a file, hashed on the way.
 * Synchronous, for a worker thread or a small archive. Errors: ARCHIVE_*, BUILD_CONTEXT_INVALID.
 */
export class ArchiveIndex {
  readonly #file: number
  readonly #reader: TarReader
  readonly #nodes: ArchiveNode[] = []
  #offset = 0
  #open: { entry: TarEntry; path: string; offset: number; hash: Hash; left: number } | undefined

  constructor(contents: string, limits: Partial<TarLimits>) {
    this.#file = openSync(contents, 'wx', 0o600)
    this.#reader = new TarReader(limits)
  }

  push(chunk: Uint8Array): void {
    for (const event of this.#reader.push(chunk)) {
      if (event instanceof Uint8Array) this.#takeContent(event)
      else this.#takeEntry(event)
    }
  }

  finish(): ArchiveNode[] {
    this.#reader.finish()
    return this.#nodes
  }

  close(): void {
    closeSync(this.#file)
  }

  #takeEntry(entry: TarEntry): void {
    const path = cleanPath(entry.name)
    if (path.split('/').some((part) => part.startsWith('.wh.'))) {
      throw codedError('BUILD_CONTEXT_INVALID', `The file ${JSON.stringify(toText(path))} cannot be in an image`, {
        hint: 'Names that begin with .wh. mean removed files in layers. Rename it, or leave it out by .dockerignore.',
      })
    }
    if (entry.type === 'file' && entry.size > 0) {
      this.#open = { entry, path, offset: this.#offset, hash: createHash('sha256'), left: entry.size }
    } else {
      this.#nodes.push({ path, entry, offset: this.#offset, digest: entry.type === 'file' ? nothing : '' })
    }
  }

  #takeContent(piece: Uint8Array): void {
    const open = this.#open
    if (open === undefined) return
    open.hash.update(piece)
    for (let at = 0; at < piece.length;) at += writeSync(this.#file, piece, at)
    this.#offset += piece.length
    open.left -= piece.length
    if (open.left > 0) return
    const { path, entry, offset } = open
    this.#nodes.push({ path, entry, offset, digest: open.hash.digest('hex') })
    this.#open = undefined
  }
}

/** Dots resolved by the letters of the path; one that leads out of the root is refused. */
export function cleanPath(name: string): string {
  const parts: string[] = []
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) {
      throw codedError('ARCHIVE_ESCAPES', `The archive entry ${JSON.stringify(toText(name))} leads out of the archive`)
    }
  }
  return parts.join('/')
}
