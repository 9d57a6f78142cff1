import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** More than this many are not kept: the layer is then unpacked on its parent. */
const mostEnds = 200_000

/** `implicit`: made for what is in it; `hiding`: made for a mark only; `named`: there is an entry for it by now. */
export type LooseFolder = 'implicit' | 'hiding' | 'named'

/**
 * What was decided without knowledge of the layers below, while a layer was unpacked beside them. Paths are byte
 * strings relative to the root, without symbolic links.
 */
export class LooseEnds {
  /** Folders that no entry had named when something in them needed them, in the order in which they were made. */
  readonly folders = new Map<string, LooseFolder>()
  readonly whiteouts = new Set<string>()
  /** Everything at the root of lower layers is taken away. */
  hidesRoot = false
  /** There is an entry for the root itself. */
  namesRoot = false

  forget(path: string): void {
    if (this.folders.size === 0 && this.whiteouts.size === 0) return
    const inside = `${path}/`
    for (const kept of [this.folders, this.whiteouts]) {
      for (const other of kept.keys()) if (other === path || other.startsWith(inside)) kept.delete(other)
    }
  }
}

interface Saved {
  readonly folders: readonly (readonly [string, LooseFolder])[]
  readonly whiteouts: readonly string[]
  readonly hidesRoot: boolean
  readonly namesRoot: boolean
  /** There were too many to be kept. */
  readonly isIncomplete: boolean
}

/** Adds to what an earlier archive for the same folder left. */
export function saveLooseEnds(path: string, ends: LooseEnds): void {
  const before = readLooseEnds(path)
  const count =
    ends.folders.size + ends.whiteouts.size + (before?.folders.length ?? 0) + (before?.whiteouts.length ?? 0)
  const isIncomplete = before?.isIncomplete === true || count > mostEnds
  const saved: Saved = {
    folders: isIncomplete ? [] : [...(before?.folders ?? []), ...ends.folders],
    whiteouts: isIncomplete ? [] : [...(before?.whiteouts ?? []), ...ends.whiteouts],
    hidesRoot: before?.hidesRoot === true || ends.hidesRoot,
    namesRoot: before?.namesRoot === true || ends.namesRoot,
    isIncomplete,
  }
  writeFileSync(`${path}.new`, JSON.stringify(saved), { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** Undefined when there is no such file. */
export function readLooseEnds(path: string): Saved | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Saved
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export function removeLooseEnds(path: string): void {
  rmSync(path, { force: true })
}
