import { closeSync } from 'node:fs'
import {
  errnoOf,
  fromByteString,
  listNames,
  makeFolderAt,
  makeHardLinkAt,
  openAt,
  openFlags,
  setTimesAt,
  statAt,
} from '@moby/lib-linux/files'
import { codedError } from '@moby/contracts/errors'
import { entryError } from '../format/archive-error.ts'
import type { TarEntry } from '../format/entry.ts'
import { Hole } from '../format/hole.ts'
import type { TarEvent } from '../format/tar-reader.ts'
import { removeOtherXattrs, writeAttributes } from '../tree/attributes.ts'
import { isWhiteout } from '../tree/overlay-marks.ts'
import { makeSpecialFile } from '../tree/make-special-file.ts'
import { removeTreeAt } from '../tree/remove-tree.ts'
import { cleanPath, joinPath, readEntryPath } from './entry-path.ts'
import { FileContent } from './file-content.ts'
import { LowerMarker, LowerRemover, NothingLower, replaceByFolder, type LowerHider } from './hide-lower.ts'
import { LayerFolders, type OpenFolder } from './layer-folders.ts'
import type { LooseEnds } from './loose-ends.ts'

const createFlags = openFlags.O_WRONLY | openFlags.O_CREAT | openFlags.O_EXCL

/** A file whose content is coming in. */
interface OpenFile {
  readonly descriptor: number
  readonly content: FileContent
  readonly entry: TarEntry
  readonly parent: OpenFolder
  readonly name: string
}

interface LinkTarget {
  readonly folder: number
  readonly name: string
  /** Without symbolic links. */
  readonly path: string
}

function noTarget(entry: TarEntry): Error {
  const target = JSON.stringify(fromByteString(entry.linkName.slice(0, 200)))
  return entryError('ARCHIVE_INVALID', entry.name, `is a hard link to ${target}, which is no file of this layer`)
}

/**
 * Writes the entries of one layer into a folder, by the rules of the image specification (layer.md). With `base`, the
 * folder is the upper one of an overlay over it; without, it holds the lower layers itself, or nothing. Nothing
 * outside the folder is touched, whatever comes. Synchronous: for a worker thread.
 */
export class LayerWriter {
  readonly #folders: LayerFolders
  readonly #own: Set<string> | undefined
  readonly #hider: LowerHider
  readonly #looseEnds: LooseEnds | undefined
  #file: OpenFile | undefined
  #size = 0

  constructor(target: {
    readonly root: number
    readonly base?: number | undefined
    readonly looseEnds?: LooseEnds | undefined
    readonly mostImplicit: number
  }) {
    const { root, base, looseEnds, mostImplicit } = target
    const isUpper = base !== undefined || looseEnds !== undefined
    this.#looseEnds = looseEnds
    this.#own = !isUpper && listNames(root).length > 0 ? new Set<string>() : undefined
    this.#folders = new LayerFolders({ root, base, looseEnds, own: this.#own, mostImplicit })
    if (isUpper) this.#hider = new LowerMarker(this.#folders, { base, looseEnds })
    else if (this.#own !== undefined) this.#hider = new LowerRemover(this.#folders, this.#own)
    else this.#hider = new NothingLower(this.#folders)
  }

  /** Bytes of file content, with the holes of sparse files. */
  get size(): number {
    return this.#size
  }

  take(event: TarEvent): void {
    if (event instanceof Uint8Array || event instanceof Hole) this.#takeContent(event)
    else this.#takeEntry(event)
  }

  /** After the last entry: sets the times of folders. */
  finish(): void {
    this.#hider.finish()
    this.#folders.finish()
  }

  /** Closes what is open; to be called in any case. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.descriptor)
    this.#file = undefined
    this.#folders.close()
  }

  #takeEntry(entry: TarEntry): void {
    const path = readEntryPath(entry.name)
    if (path.kind === 'ignored') return
    if (path.kind === 'opaque') this.#hider.hideAll(path.parent)
    else if (path.kind === 'whiteout') this.#hider.hide(path.parent, path.name)
    else this.#attempt(entry, () => this.#write(entry, path.parent, path.name))
  }

  #takeContent(piece: Uint8Array | Hole): void {
    const file = this.#file
    // Content of an entry that is ignored, such as a whiteout that is not empty.
    if (file === undefined) return
    this.#attempt(file.entry, () => {
      if (piece instanceof Hole) file.content.skip(piece.length)
      else file.content.write(piece)
      this.#size += piece.length
      if (file.content.isComplete) this.#endFile(file)
    })
  }

  #endFile(file: OpenFile): void {
    file.content.finish()
    this.#file = undefined
    closeSync(file.descriptor)
    this.#setAttributes(file.parent.descriptor, file.name, file.entry)
  }

  #write(entry: TarEntry, parentPath: string, name: string): void {
    const target = entry.type === 'hard-link' ? this.#openTarget(entry) : undefined
    try {
      this.#writeTo(this.#folders.make(parentPath), name, entry, target)
    } finally {
      if (target !== undefined) closeSync(target.folder)
    }
  }

  #writeTo(parent: OpenFolder, name: string, entry: TarEntry, target: LinkTarget | undefined): void {
    if (name === '') {
      if (entry.type !== 'directory') {
        throw entryError('ARCHIVE_INVALID', entry.name, 'replaces the root by another file')
      }
      if (this.#looseEnds !== undefined) this.#looseEnds.namesRoot = true
      this.#setFolder(parent, '.', '', entry)
      return
    }
    const path = joinPath(parent.path, name)
    if (entry.type === 'directory') {
      this.#writeFolder(parent, name)
      this.#folders.claim(path)
      if (this.#looseEnds?.folders.has(path)) this.#looseEnds.folders.set(path, 'named')
      this.#setFolder(parent, name, path, entry)
      return
    }
    // It would be removed to make room for its own link.
    if (target !== undefined && `${target.path}/`.startsWith(`${path}/`)) throw noTarget(entry)
    try {
      this.#create(parent, name, entry, target)
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
      this.#folders.forget(path)
      removeTreeAt(parent.descriptor, name)
      this.#create(parent, name, entry, target)
    }
    this.#own?.add(path)
    if (entry.type === 'file' && entry.size > 0) return
    if (this.#file !== undefined) this.#endFile(this.#file)
    else if (entry.type !== 'hard-link') this.#setAttributes(parent.descriptor, name, entry)
  }

  #writeFolder(parent: OpenFolder, name: string): void {
    try {
      makeFolderAt(parent.descriptor, name, 0o755)
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
      if (statAt(parent.descriptor, name)?.type === 'directory') return
      replaceByFolder(this.#folders, parent, name)
    }
  }

  #setFolder(parent: OpenFolder, name: string, path: string, entry: TarEntry): void {
    removeOtherXattrs(parent.descriptor, name, entry.xattrs)
    writeAttributes(parent.descriptor, name, entry, false)
    this.#folders.setTimes(path, entry.accessedAt ?? entry.modifiedAt, entry.modifiedAt)
  }

  #setAttributes(folder: number, name: string, entry: TarEntry): void {
    writeAttributes(folder, name, entry, entry.type === 'symlink')
    setTimesAt(folder, name, entry.accessedAt ?? entry.modifiedAt, entry.modifiedAt)
  }

  #create(parent: OpenFolder, name: string, entry: TarEntry, target: LinkTarget | undefined): void {
    const folder = parent.descriptor
    switch (entry.type) {
      case 'file': {
        const descriptor = openAt(folder, name, createFlags, 0o600)
        this.#file = { descriptor, content: new FileContent(descriptor, entry.size), entry, parent, name }
        return
      }
      case 'hard-link':
        if (target === undefined) throw noTarget(entry)
        makeHardLinkAt(target.folder, target.name, folder, name)
        return
      case 'directory':
        return
      default:
        if (entry.type === 'character' && entry.major === 0 && entry.minor === 0) {
          throw entryError('ARCHIVE_INVALID', entry.name, 'is a whiteout of overlayfs, which layers must not hold')
        }
        makeSpecialFile(folder, name, entry)
    }
  }

  /** Finds what a hard link points to. The folder is a descriptor of its own, to be closed. */
  #openTarget(entry: TarEntry): LinkTarget {
    const path = cleanPath(entry.linkName, entry.name)
    const slash = path.lastIndexOf('/')
    const parent = this.#folders.find(slash === -1 ? '' : path.slice(0, slash))
    const name = path.slice(slash + 1)
    if (parent === undefined || name === '') throw noTarget(entry)
    const found = joinPath(parent.path, name)
    const status = statAt(parent.descriptor, name)
    const isOwn = this.#own === undefined || this.#own.has(found)
    if (!isOwn || status === undefined || status.type === 'directory' || isWhiteout(status)) throw noTarget(entry)
    return { folder: openAt(parent.descriptor, '.', openFlags.O_PATH | openFlags.O_DIRECTORY), name, path: found }
  }

  /** Explains the failure of a system call by the entry that it was for. */
  #attempt(entry: TarEntry, work: () => void): void {
    try {
      work()
    } catch (error) {
      const errno = errnoOf(error)
      if (errno === 'ENOSPC' || errno === 'EDQUOT') {
        throw codedError(
          'STORAGE_FULL',
          `There is no space left for the archive entry ${JSON.stringify(fromByteString(entry.name))}`,
          {
            cause: error,
            hint: 'Free space on the disk of the data root.',
          },
        )
      }
      if (errno === 'EFBIG') {
        throw entryError('ARCHIVE_LIMIT', entry.name, 'is larger than the file system can hold (EFBIG)')
      }
      if (errno === 'ENAMETOOLONG') {
        throw entryError('ARCHIVE_INVALID', entry.name, 'has a name that is too long (ENAMETOOLONG)')
      }
      if (errno === 'EPERM' && (entry.type === 'character' || entry.type === 'block')) {
        throw codedError(
          'HOST_LACKS',
          `The device node ${JSON.stringify(fromByteString(entry.name))} cannot be made: not permitted`,
          {
            cause: error,
            hint: 'Run the engine as root with CAP_MKNOD.',
          },
        )
      }
      throw error
    }
  }
}
