import { closeSync } from 'node:fs'
import {
  chmodAt,
  errnoOf,
  fromByteString,
  longestPath,
  makeFolderAt,
  openAt,
  openFlags,
  openWithin,
  readLinkAt,
  setTimesAt,
  statAt,
  unlinkAt,
  type FileStatus,
} from '@moby/lib-linux/files'
import { codedError } from '@moby/contracts/errors'
import { readXattrs, writeAttributes } from '../tree/attributes.ts'
import { isWhiteout, makeOpaque } from '../tree/overlay-marks.ts'
import { removeTreeAt } from '../tree/remove-tree.ts'
import { joinPath } from './entry-path.ts'
import { FolderMarks } from './folder-marks.ts'
import type { LooseEnds } from './loose-ends.ts'

/** An open folder in the root, by its path without symbolic links. Valid until the next folder is asked for. */
export interface OpenFolder {
  readonly descriptor: number
  readonly path: string
}

export interface FoldersOptions {
  /** The folder that the layer is unpacked into. */
  readonly root: number
  /** What lies below the layer, when it is not in `root` already: its marks are then those of overlayfs. */
  readonly base: number | undefined
  /** Without `base`: what lies below is told later, and this keeps what depends on it. */
  readonly looseEnds?: LooseEnds | undefined
  /** Paths that come from this layer; undefined when all do. */
  readonly own: Set<string> | undefined
  /** How many folders may be made that the archive does not name: one entry can ask for thousands. */
  readonly mostImplicit: number
}

/** How to go to a folder. `make` makes what is missing; `hide` too, but only for marks, which files stop. */
type Walk = 'find' | 'make' | 'hide'

const folderFlags = openFlags.O_RDONLY | openFlags.O_DIRECTORY
const mostLinks = 40
const mostOpen = 128

/**
 * The folders of a root file system that is being unpacked. Every step goes from an open folder to a name in it, so
 * no symbolic link is ever followed by the kernel; those that stand in the way of a path are followed here, inside
 * the root, like a process would whose root it is.
 */
export class LayerFolders {
  readonly #root: number
  readonly #base: number | undefined
  readonly #looseEnds: LooseEnds | undefined
  readonly #own: Set<string> | undefined
  readonly #mostImplicit: number
  #implicit = 0
  readonly #open = new Map<string, number>()
  readonly #marks = new FolderMarks()
  /** Times to be set when nothing changes them any more: accessed, modified. */
  readonly #times = new Map<string, readonly [bigint, bigint]>()

  constructor(options: FoldersOptions) {
    this.#root = options.root
    this.#base = options.base
    this.#looseEnds = options.looseEnds
    this.#own = options.own
    this.#mostImplicit = options.mostImplicit
    // Unpacking into the root must not show in its times.
    const status = statAt(options.root, '')
    if (status !== undefined) this.#times.set('', [status.accessedAt, status.modifiedAt])
  }

  /** The folder of that path; what is missing is made. */
  make(path: string): OpenFolder {
    const found = this.#walk(path, 'make')
    if (found === undefined) throw codedError('ARCHIVE_INVALID', 'A folder could not be made')
    return found
  }

  /** The folder of that path, if the layer or what is below it has one. */
  find(path: string): OpenFolder | undefined {
    return this.#walk(path, 'find')
  }

  /** The folder of that path to put marks into; undefined when there is nothing that they could hide. */
  findToHide(path: string): OpenFolder | undefined {
    return this.#walk(path, this.#looseEnds === undefined ? 'find' : 'hide')
  }

  /** Whether the layers below have, or may have, something at a path of this layer that no mark hides. */
  mayBeBelow(path: string): boolean {
    return this.#looseEnds === undefined ? this.below(path) !== undefined : !this.#marks.isHidden(path)
  }

  /** What the layers below have at a path of this layer, unless a mark hides it. */
  below(path: string): FileStatus | undefined {
    if (this.#base === undefined || this.#marks.isHidden(path)) return undefined
    const opened = this.#openBelow(path)
    if (opened === undefined) return undefined
    try {
      return statAt(opened, '')
    } finally {
      closeSync(opened)
    }
  }

  /** Hides what lower layers have in a folder. */
  hideBelow(folder: OpenFolder): void {
    makeOpaque(folder.descriptor, '.')
    this.#marks.hideBelow(folder.path)
  }

  /** From now on nothing below is seen. Overlayfs heeds no mark on the root: names in it are to be marked at the end. */
  hideRoot(): void {
    this.#marks.hideBelow('')
  }

  /** There is an entry of this layer for a folder, or in it. */
  claim(path: string): void {
    this.#marks.claim(path)
    this.#own?.add(path)
  }

  /** Removes a folder that is here for marks alone, which another mark takes away. */
  dropForMarks(parent: OpenFolder, name: string): boolean {
    const path = joinPath(parent.path, name)
    if (!this.#marks.isForMarks(path)) return false
    this.forget(path)
    removeTreeAt(parent.descriptor, name)
    return true
  }

  /** The same for all in a folder. */
  dropAllForMarks(path: string): void {
    for (const other of this.#marks.forMarksIn(path)) {
      const slash = other.lastIndexOf('/')
      const parent = this.find(slash === -1 ? '' : other.slice(0, slash))
      if (parent !== undefined) this.dropForMarks(parent, other.slice(slash + 1))
    }
  }

  setTimes(path: string, accessedAt: bigint, modifiedAt: bigint): void {
    this.#times.set(path, [accessedAt, modifiedAt])
  }

  /** To be told when a folder is removed or replaced. */
  forget(path: string): void {
    const inside = `${path}/`
    const isGone = (other: string) => other === path || other.startsWith(inside)
    for (const [other, descriptor] of this.#open) {
      if (!isGone(other)) continue
      closeSync(descriptor)
      this.#open.delete(other)
    }
    this.#looseEnds?.forget(path)
    for (const other of [...this.#times.keys()].filter(isGone)) this.#times.delete(other)
    this.#marks.forget(isGone)
  }

  /** Sets the times of all folders. */
  finish(): void {
    for (const [path, [accessedAt, modifiedAt]] of this.#times) {
      if (path === '') {
        setTimesAt(this.#root, '.', accessedAt, modifiedAt)
        continue
      }
      const slash = path.lastIndexOf('/')
      const parent = this.find(slash === -1 ? '' : path.slice(0, slash))
      if (parent !== undefined) setTimesAt(parent.descriptor, path.slice(slash + 1), accessedAt, modifiedAt)
    }
  }

  close(): void {
    for (const descriptor of this.#open.values()) closeSync(descriptor)
    this.#open.clear()
  }

  #isClaimed(path: string): boolean {
    return !this.#marks.isForMarks(path) && this.#own?.has(path) !== false
  }

  #openBelow(path: string): number | undefined {
    if (this.#base === undefined) return undefined
    try {
      return openWithin(this.#base, path, openFlags.O_PATH | openFlags.O_NOFOLLOW, 'no-symlinks')
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) return undefined
      throw error
    }
  }

  #walk(path: string, walk: Walk): OpenFolder | undefined {
    const known = path === '' ? this.#root : this.#recall(path)
    // Else each folder on the way is claimed for this layer.
    const isClaimed = walk !== 'make' || path === '' || this.#isClaimed(path)
    if (known !== undefined && isClaimed) return { descriptor: known, path }
    let at: OpenFolder = { descriptor: this.#root, path: '' }
    const parts = path.split('/').toReversed()
    let links = 0
    while (parts.length > 0) {
      const name = parts.pop() ?? ''
      if (name === '' || name === '.') continue
      if (name === '..') {
        // `at.path` has no symbolic links, so that its letters tell the parent.
        const parent = this.#walk(at.path.slice(0, Math.max(0, at.path.lastIndexOf('/'))), walk)
        if (parent === undefined) return undefined
        at = parent
        continue
      }
      const next = this.#step(at, name, walk)
      if (next === undefined) return undefined
      if ('descriptor' in next) {
        at = next
        continue
      }
      links += 1
      if (links > mostLinks) {
        throw codedError('ARCHIVE_INVALID', `Too many symbolic links stand in the way of ${JSON.stringify(path)}`)
      }
      if (next.target.startsWith('/')) at = { descriptor: this.#root, path: '' }
      parts.push(...next.target.split('/').toReversed())
    }
    return at
  }

  #step(at: OpenFolder, name: string, walk: Walk): OpenFolder | { readonly target: string } | undefined {
    const path = joinPath(at.path, name)
    // Symbolic links could lead on and on: what lies deeper than a path can say could hardly be removed again.
    if (path.length > longestPath) throw tooDeep(path)
    const known = this.#recall(path)
    if (known !== undefined) {
      if (walk === 'make') this.claim(path)
      return { descriptor: known, path }
    }
    try {
      return this.#remember(path, openAt(at.descriptor, name, folderFlags), walk)
    } catch (error) {
      const errno = errnoOf(error)
      if (errno !== 'ENOENT' && errno !== 'ENOTDIR' && errno !== 'ELOOP') throw error
    }
    const status = statAt(at.descriptor, name)
    if (status === undefined) return this.#makeMissing(at, name, path, walk)
    if (status.type === 'symlink') return { target: readLinkAt(at.descriptor, name) }
    if ((this.#base !== undefined || this.#looseEnds !== undefined) && isWhiteout(status)) {
      if (walk !== 'make') return undefined
      unlinkAt(at.descriptor, name)
      this.#makeUnnamed(at, name, path)
      const made = this.#remember(path, openAt(at.descriptor, name, folderFlags), walk)
      this.hideBelow(made)
      return made
    }
    if (walk !== 'make') return undefined
    if (this.#own !== undefined && !this.#own.has(path)) {
      // A file of a lower layer, in the place of which this layer has a folder.
      unlinkAt(at.descriptor, name)
      this.#makeUnnamed(at, name, path)
      return this.#remember(path, openAt(at.descriptor, name, folderFlags), walk)
    }
    throw codedError('ARCHIVE_INVALID', `${JSON.stringify(path)} is a ${status.type} and cannot hold other files`)
  }

  #makeMissing(
    at: OpenFolder,
    name: string,
    path: string,
    walk: Walk,
  ): OpenFolder | { readonly target: string } | undefined {
    if (walk !== 'find') this.#count()
    const below = this.below(path)
    if (below?.type === 'symlink') {
      const slash = path.lastIndexOf('/')
      const parent = this.#openBelow(slash === -1 ? '.' : path.slice(0, slash))
      if (parent === undefined) return undefined
      try {
        return { target: readLinkAt(parent, name) }
      } finally {
        closeSync(parent)
      }
    }
    if (below?.type === 'directory') {
      const lower = this.#openBelow(path)
      if (lower === undefined) return undefined
      try {
        makeFolderAt(at.descriptor, name, 0o700)
        writeAttributes(at.descriptor, name, { ...below, xattrs: readXattrs(lower, '.') }, false)
      } finally {
        closeSync(lower)
      }
      this.#times.set(path, [below.accessedAt, below.modifiedAt])
    } else if (walk === 'make' || (walk === 'hide' && !this.#marks.isHidden(path))) {
      if (!this.#marks.isHidden(path)) this.#looseEnds?.folders.set(path, walk === 'make' ? 'implicit' : 'hiding')
      this.#makeUnnamed(at, name, path)
    } else return undefined
    if (walk !== 'make') this.#marks.addForMarks(path)
    return this.#remember(path, openAt(at.descriptor, name, folderFlags), walk)
  }

  /** Nobody says when it changed: it shall not be the time of unpacking, so that equal layers give equal trees. */
  #makeUnnamed(at: OpenFolder, name: string, path: string): void {
    makeFolderAt(at.descriptor, name, 0o755)
    chmodAt(at.descriptor, name, 0o755)
    this.#times.set(path, [0n, 0n])
  }

  #count(): void {
    this.#implicit += 1
    if (this.#implicit <= this.#mostImplicit) return
    throw codedError('ARCHIVE_LIMIT', `The archive needs more than ${this.#mostImplicit} folders that it does not name`)
  }

  /** An open folder, which becomes the last one to be closed for want of room. */
  #recall(path: string): number | undefined {
    const descriptor = this.#open.get(path)
    if (descriptor === undefined) return undefined
    this.#open.delete(path)
    this.#open.set(path, descriptor)
    return descriptor
  }

  #remember(path: string, descriptor: number, walk: Walk): OpenFolder {
    if (this.#open.size >= mostOpen) {
      const [oldest] = this.#open
      if (oldest !== undefined) {
        closeSync(oldest[1])
        this.#open.delete(oldest[0])
      }
    }
    this.#open.set(path, descriptor)
    if (this.#own !== undefined && !this.#own.has(path)) {
      // A folder of a lower layer: unpacking into it must not show in its times.
      const status = statAt(descriptor, '')
      if (status !== undefined && !this.#times.has(path)) this.#times.set(path, [status.accessedAt, status.modifiedAt])
    }
    if (walk === 'make') this.claim(path)
    return { descriptor, path }
  }
}

function tooDeep(path: string): Error {
  const start = JSON.stringify(`${fromByteString(path.slice(0, 100))}...`)
  return codedError('ARCHIVE_INVALID', `The archive leads to ${start}, which is longer than ${longestPath} bytes`)
}
