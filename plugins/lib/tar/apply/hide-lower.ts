import { closeSync } from 'node:fs'
import { listNames, makeFolderAt, openAt, openFlags, statAt } from '@moby/lib-linux/files'
import { isWhiteout, makeWhiteout } from '../tree/overlay-marks.ts'
import { removeTreeAt } from '../tree/remove-tree.ts'
import { joinPath } from './entry-path.ts'
import type { LayerFolders, OpenFolder } from './layer-folders.ts'
import type { LooseEnds } from './loose-ends.ts'

/**
 * How a layer takes away what lower layers have. Whatever comes from the same layer stays, in whichever order the
 * archive names it (image-spec, layer.md, "Opaque Whiteout").
 */
export interface LowerHider {
  /** Takes a name away. */
  hide(parent: string, name: string): void
  /** Takes everything in a folder away. */
  hideAll(folder: string): void
  finish(): void
}

/** For a tree with nothing below it: a way that cannot be gone is refused all the same, as in every other form. */
export class NothingLower implements LowerHider {
  readonly #folders: LayerFolders

  constructor(folders: LayerFolders) {
    this.#folders = folders
  }

  hide(parent: string): void {
    this.#folders.find(parent)
  }

  hideAll(folder: string): void {
    this.#folders.find(folder)
  }

  finish(): void {}
}

/** For a tree that holds the lower layers itself: what they have is deleted. */
export class LowerRemover implements LowerHider {
  readonly #folders: LayerFolders
  readonly #own: ReadonlySet<string>

  constructor(folders: LayerFolders, own: ReadonlySet<string>) {
    this.#folders = folders
    this.#own = own
  }

  hide(parent: string, name: string): void {
    const folder = this.#folders.find(parent)
    if (folder !== undefined) this.#hideIn(folder.descriptor, name, joinPath(folder.path, name))
  }

  hideAll(path: string): void {
    const folder = this.#folders.find(path)
    if (folder === undefined) return
    for (const name of listNames(folder.descriptor)) {
      this.#hideIn(folder.descriptor, name, joinPath(folder.path, name))
    }
  }

  finish(): void {}

  #hideIn(folder: number, name: string, path: string): void {
    if (!this.#own.has(path)) {
      this.#folders.forget(path)
      removeTreeAt(folder, name)
      return
    }
    if (statAt(folder, name)?.type !== 'directory') return
    const inner = openAt(folder, name, openFlags.O_RDONLY | openFlags.O_DIRECTORY)
    try {
      for (const child of listNames(inner)) this.#hideIn(inner, child, joinPath(path, child))
    } finally {
      closeSync(inner)
    }
  }
}

/**
 * For the upper folder of an overlay: what lower layers have is marked as gone. Where it is not known yet what they
 * have, everything is marked, and told to `looseEnds`.
 */
export class LowerMarker implements LowerHider {
  readonly #folders: LayerFolders
  readonly #base: number | undefined
  readonly #looseEnds: LooseEnds | undefined
  #hidesRoot = false

  constructor(folders: LayerFolders, lower: { base?: number | undefined; looseEnds?: LooseEnds | undefined }) {
    this.#folders = folders
    this.#base = lower.base
    this.#looseEnds = lower.looseEnds
  }

  hide(parent: string, name: string): void {
    const folder = this.#folders.findToHide(parent)
    if (folder !== undefined && this.#folders.mayBeBelow(joinPath(folder.path, name))) this.#hideIn(folder, name)
  }

  hideAll(path: string): void {
    const folder = this.#folders.findToHide(path)
    if (folder === undefined) return
    this.#folders.dropAllForMarks(folder.path)
    if (folder.path === '') {
      this.#hidesRoot = true
      this.#folders.hideRoot()
    } else this.#folders.hideBelow(folder)
  }

  finish(): void {
    if (!this.#hidesRoot) return
    if (this.#looseEnds !== undefined) this.#looseEnds.hidesRoot = true
    if (this.#base === undefined) return
    const root = this.#folders.make('')
    for (const name of listNames(this.#base)) this.#hideIn(root, name)
  }

  #hideIn(folder: OpenFolder, name: string): void {
    const path = joinPath(folder.path, name)
    const own = this.#folders.dropForMarks(folder, name) ? undefined : statAt(folder.descriptor, name)
    if (own === undefined) {
      makeWhiteout(folder.descriptor, name)
      this.#looseEnds?.whiteouts.add(path)
    } else if (own.type === 'directory') this.#folders.hideBelow(this.#folders.make(path))
  }
}

/** Replaces what stands at a name by a new folder that shows nothing of lower layers. */
export function replaceByFolder(folders: LayerFolders, parent: OpenFolder, name: string): void {
  const path = joinPath(parent.path, name)
  const old = statAt(parent.descriptor, name)
  const hidesLower = folders.mayBeBelow(path) || (old !== undefined && isWhiteout(old))
  removeTreeAt(parent.descriptor, name)
  makeFolderAt(parent.descriptor, name, 0o755)
  if (hidesLower) folders.hideBelow(folders.make(path))
}
