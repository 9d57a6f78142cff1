import { closeSync } from 'node:fs'
import {
  fromByteString,
  makeFolderAt,
  makeHardLinkAt,
  openAt,
  openFlags,
  setTimesDescriptor,
  statAt,
  type FileStatus,
} from '@moby/lib-linux/files'
import { codedError } from '@moby/contracts/errors'
import { cleanPath } from '../apply/entry-path.ts'
import { FileContent } from '../apply/file-content.ts'
import { entryError } from '../format/archive-error.ts'
import type { TarEntry } from '../format/entry.ts'
import { Hole } from '../format/hole.ts'
import type { TarEvent } from '../format/tar-reader.ts'
import { makeSpecialFile } from '../tree/make-special-file.ts'
import { removeTreeAt } from '../tree/remove-tree.ts'
import { explainWrite } from './explain-write.ts'
import { requireNoMounts } from './require-no-mounts.ts'
import { setAttributes, setNameAttributes } from './set-attributes.ts'
import { TargetFolders } from './target-folders.ts'

export interface EntryRules {
  /** Who owns what comes, instead of those that the archive names. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined
  /** No folder takes the place of another file, and none the place of a folder. */
  readonly keepKinds?: boolean | undefined
}

interface OpenFile {
  readonly descriptor: number
  readonly content: FileContent
  readonly entry: TarEntry
}

const createFlags = openFlags.O_WRONLY | openFlags.O_CREAT | openFlags.O_EXCL

/**
 * Writes the entries of an archive into a folder that is in use, as tar does: what is there is replaced, folders are
 * filled. The folder is the root of all names and links: nothing outside of it is touched, whatever the archive holds
 * and whoever changes the folder meanwhile. Nothing is a whiteout here. Synchronous: for a worker thread.
 */
export class EntryWriter {
  readonly #folders: TargetFolders
  readonly #rules: EntryRules
  #file: OpenFile | undefined
  /** Folders by their names in the archive, whose times are set when nothing changes them any more. */
  readonly #times = new Map<string, TarEntry>()

  constructor(folder: number, rules: EntryRules) {
    this.#folders = new TargetFolders(folder)
    this.#rules = rules
  }

  take(event: TarEvent): void {
    if (event instanceof Uint8Array || event instanceof Hole) this.#takeContent(event)
    else explainWrite(event, () => this.#takeEntry(event))
  }

  /** After the last entry. */
  finish(): void {
    for (const [path, entry] of [...this.#times].toReversed()) {
      explainWrite(entry, () => {
        const folder = this.#folders.find(path)
        // Removed or replaced since, otherwise.
        if (folder !== undefined) setTimesDescriptor(folder, entry.accessedAt ?? entry.modifiedAt, entry.modifiedAt)
      })
    }
  }

  /** Closes what is open; to be called in any case. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.descriptor)
    this.#file = undefined
    this.#folders.close()
  }

  #takeContent(piece: Uint8Array | Hole): void {
    const file = this.#file
    if (file === undefined) return
    explainWrite(file.entry, () => {
      if (piece instanceof Hole) file.content.skip(piece.length)
      else file.content.write(piece)
      if (file.content.isComplete) this.#endFile(file)
    })
  }

  #endFile(file: OpenFile): void {
    file.content.finish()
    this.#file = undefined
    try {
      setAttributes(file.descriptor, file.entry, this.#rules.owner)
    } finally {
      closeSync(file.descriptor)
    }
  }

  #takeEntry(entry: TarEntry): void {
    const path = cleanPath(entry.name, entry.name)
    // The folder itself stays as it is.
    if (path === '') {
      if (entry.type === 'directory') return
      throw entryError('ARCHIVE_INVALID', entry.name, 'replaces the folder that it is unpacked into')
    }
    const name = nameOf(path)
    const target = entry.type === 'hard-link' ? this.#findTarget(entry) : undefined
    try {
      const parent = this.#folders.make(parentOf(path))
      const there = statAt(parent, name)
      if (there !== undefined && this.#clear(parent, name, entry, there, target?.status)) return
      this.#create(parent, name, entry, target)
      if (entry.type === 'directory') this.#times.set(path, entry)
      if (this.#file !== undefined) {
        if (entry.size === 0) this.#endFile(this.#file)
      } else if (entry.type !== 'hard-link') setNameAttributes(parent, name, entry, this.#rules.owner)
    } finally {
      if (target !== undefined) closeSync(target.folder)
    }
  }

  /** Makes room. True when the name is the file already that it is to be linked to. */
  #clear(parent: number, name: string, entry: TarEntry, there: FileStatus, target: FileStatus | undefined): boolean {
    const isFolder = there.type === 'directory'
    const comesFolder = entry.type === 'directory'
    if (isFolder && comesFolder) return false
    if (this.#rules.keepKinds === true && isFolder !== comesFolder) {
      const [old, fresh] = isFolder ? ['directory', 'non-directory'] : ['non-directory', 'directory']
      const text = JSON.stringify(fromByteString(entry.name))
      throw codedError('ARCHIVE_INVALID', `cannot overwrite ${old} ${text} with ${fresh} of that name`)
    }
    if (target !== undefined && target.inode === there.inode && target.device === there.device) return true
    if (isFolder) requireNoMounts(parent, name, entry)
    this.#folders.forget()
    removeTreeAt(parent, name)
    return false
  }

  #create(parent: number, name: string, entry: TarEntry, target: LinkTarget | undefined): void {
    switch (entry.type) {
      case 'file': {
        const descriptor = openAt(parent, name, createFlags, 0o600)
        this.#file = { descriptor, content: new FileContent(descriptor, entry.size), entry }
        return
      }
      case 'directory':
        if (statAt(parent, name) === undefined) makeFolderAt(parent, name, 0o700)
        return
      case 'hard-link':
        if (target !== undefined) makeHardLinkAt(target.folder, target.name, parent, name)
        return
      default:
        makeSpecialFile(parent, name, entry)
    }
  }

  /** What a hard link is to be another name of. The folder is a descriptor of its own, to be closed. */
  #findTarget(entry: TarEntry): LinkTarget {
    const path = cleanPath(entry.linkName, entry.name)
    const parent = this.#folders.find(parentOf(path))
    const status = parent === undefined || path === '' ? undefined : statAt(parent, nameOf(path))
    if (parent === undefined || status === undefined || status.type === 'directory') {
      const text = JSON.stringify(fromByteString(entry.linkName.slice(0, 200)))
      throw entryError('ARCHIVE_INVALID', entry.name, `is a hard link to ${text}, which is no file there`)
    }
    const folder = openAt(parent, '.', openFlags.O_PATH | openFlags.O_DIRECTORY)
    return { folder, name: nameOf(path), status }
  }
}

interface LinkTarget {
  readonly folder: number
  readonly name: string
  readonly status: FileStatus
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
