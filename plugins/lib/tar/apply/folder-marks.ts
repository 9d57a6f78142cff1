/** What marks say of the folders of a layer. Paths have no symbolic links; the root is the empty path. */
export class FolderMarks {
  /** Folders whose lower content is hidden. */
  readonly #opaque = new Set<string>()
  /** Folders that are here for marks alone: nothing of this layer is in them, so that other marks may take them away. */
  readonly #forMarks = new Set<string>()

  hideBelow(path: string): void {
    this.#opaque.add(path)
  }

  /** Whether a folder above hides what lower layers have at this path. */
  isHidden(path: string): boolean {
    if (this.#opaque.size === 0) return false
    for (let slash = path.lastIndexOf('/'); slash !== -1; slash = path.lastIndexOf('/', slash - 1)) {
      if (this.#opaque.has(path.slice(0, slash))) return true
      if (slash === 0) break
    }
    return this.#opaque.has('')
  }

  isForMarks(path: string): boolean {
    return this.#forMarks.has(path)
  }

  addForMarks(path: string): void {
    this.#forMarks.add(path)
  }

  /** There is something of this layer in it, or an entry for it. */
  claim(path: string): void {
    this.#forMarks.delete(path)
  }

  /** Those in a folder. What is forgotten meanwhile does not come any more. */
  *forMarksIn(path: string): Generator<string, void, undefined> {
    const inside = path === '' ? '' : `${path}/`
    for (const other of this.#forMarks) if (other.startsWith(inside)) yield other
  }

  forget(isGone: (path: string) => boolean): void {
    for (const other of [...this.#opaque].filter(isGone)) this.#opaque.delete(other)
    for (const other of [...this.#forMarks].filter(isGone)) this.#forMarks.delete(other)
  }
}
