import { closeSync, openSync } from 'node:fs'
import {
  errnoOf,
  listNames,
  openAt,
  openFlags,
  openWithin,
  removeFolderAt,
  setTimesAt,
  statAt,
  unlinkAt,
  type FileStatus,
} from '@moby/lib-linux/files'
import { codedError } from '@moby/contracts/errors'
import { readXattrs, removeOtherXattrs, writeAttributes } from '../tree/attributes.ts'
import { isWhiteout, makeOpaque, makeWhiteout } from '../tree/overlay-marks.ts'
import { readLooseEnds, removeLooseEnds, type LooseFolder } from './loose-ends.ts'

export interface SettleRequest {
  readonly root: string
  /** Folder that shows what lies below; undefined when nothing does. */
  readonly base?: string | undefined
  /** The file that `applyLayer` wrote. Without one there is nothing to do. */
  readonly looseEnds: string
}

const folderFlags = openFlags.O_RDONLY | openFlags.O_DIRECTORY

/**
 * Makes of a layer that was unpacked beside its lower layers what it would be, had it been unpacked on them:
 * folders that it does not name get the attributes that they have below, marks that hide nothing go. Fails with
 * NOT_SUPPORTED when symbolic links of lower layers would have led its files elsewhere; the layer is as it was then.
 */
export function settleLayer(request: SettleRequest): void {
  const ends = readLooseEnds(request.looseEnds)
  if (ends === undefined) return
  if (ends.isIncomplete) throw unsupported('It depends on what lies below in too many places')
  const root = openSync(request.root, folderFlags)
  try {
    const base = request.base === undefined ? undefined : openSync(request.base, folderFlags)
    try {
      const settling = new Settling(root, base)
      settling.check(ends.folders)
      for (const path of ends.whiteouts) settling.settleWhiteout(path)
      for (const [path, kind] of ends.folders.toReversed()) settling.settleFolder(path, kind)
      // Last: a folder that was made for a mark alone, and is gone by now, may have stood where something is below.
      if (ends.hidesRoot) settling.hideRoot()
      if (!ends.namesRoot) settling.settleRoot()
    } finally {
      if (base !== undefined) closeSync(base)
    }
  } finally {
    closeSync(root)
  }
  removeLooseEnds(request.looseEnds)
}

class Settling {
  readonly #root: number
  readonly #base: number | undefined

  constructor(root: number, base: number | undefined) {
    this.#root = root
    this.#base = base
  }

  check(folders: readonly (readonly [string, LooseFolder])[]): void {
    for (const [path] of folders) {
      if (this.#below(path)?.type === 'symlink') {
        throw unsupported(`Its folder ${JSON.stringify(path)} is a symbolic link below`)
      }
    }
  }

  hideRoot(): void {
    if (this.#base === undefined) return
    const names = listNames(this.#base)
    keepTimes(this.#root, () => {
      for (const name of names) {
        const own = statAt(this.#root, name)
        if (own === undefined) makeWhiteout(this.#root, name)
        else if (own.type === 'directory') makeOpaque(this.#root, name)
      }
    })
  }

  settleWhiteout(path: string): void {
    if (this.#below(path) !== undefined) return
    this.#inParent(path, (parent, name) => {
      const own = statAt(parent, name)
      if (own !== undefined && isWhiteout(own)) keepTimes(parent, () => unlinkAt(parent, name))
    })
  }

  settleFolder(path: string, kind: LooseFolder): void {
    const below = this.#below(path)
    if (kind === 'named') return
    this.#inParent(path, (parent, name) => {
      if (statAt(parent, name)?.type !== 'directory') return
      if (below?.type === 'directory') this.#takeAttributes(path, parent, name, below)
      else if (kind === 'hiding') keepTimes(parent, () => removeEmpty(parent, name))
    })
  }

  settleRoot(): void {
    const below = this.#base === undefined ? undefined : statAt(this.#base, '')
    if (below !== undefined) this.#takeAttributes('.', this.#root, '.', below)
  }

  #takeAttributes(path: string, parent: number, name: string, below: FileStatus): void {
    const lower = this.#openBelow(path)
    if (lower === undefined) return
    try {
      const xattrs = readXattrs(lower, '.')
      removeOtherXattrs(parent, name, xattrs)
      writeAttributes(parent, name, { ...below, xattrs }, false)
      setTimesAt(parent, name, below.accessedAt, below.modifiedAt)
    } finally {
      closeSync(lower)
    }
  }

  #below(path: string): FileStatus | undefined {
    const opened = this.#openBelow(path)
    if (opened === undefined) return undefined
    try {
      return statAt(opened, '')
    } finally {
      closeSync(opened)
    }
  }

  #openBelow(path: string): number | undefined {
    return this.#base === undefined ? undefined : openIfThere(this.#base, path, openFlags.O_PATH | openFlags.O_NOFOLLOW)
  }

  #inParent(path: string, work: (parent: number, name: string) => void): void {
    const slash = path.lastIndexOf('/')
    const parent = openIfThere(this.#root, slash === -1 ? '.' : path.slice(0, slash), folderFlags)
    if (parent === undefined) return
    try {
      work(parent, path.slice(slash + 1))
    } finally {
      closeSync(parent)
    }
  }
}

function openIfThere(root: number, path: string, flags: number): number | undefined {
  try {
    return openWithin(root, path, flags, 'no-symlinks')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
}

function removeEmpty(parent: number, name: string): void {
  const folder = openAt(parent, name, folderFlags)
  const isEmpty = listNames(folder).length === 0
  closeSync(folder)
  if (isEmpty) removeFolderAt(parent, name)
}

function keepTimes(folder: number, work: () => void): void {
  const before = statAt(folder, '')
  work()
  if (before !== undefined) setTimesAt(folder, '.', before.accessedAt, before.modifiedAt)
}

function unsupported(reason: string): Error {
  return codedError('NOT_SUPPORTED', `This layer cannot be put on others after it was unpacked. ${reason}`, {
    hint: 'Unpack it into a snapshot that has the parent.',
  })
}
