import { emptyFile, type TarEntry } from '@moby/lib-tar'
import type { ArchiveNode } from './archive-index.ts'
import { nameOf, parentOf } from './names.ts'

/** A file of a source. */
export interface SourceNode {
  readonly entry: TarEntry
  readonly offset: number
  readonly digest: string
}

const mostLinks = 40

const implied: Omit<TarEntry, 'name'> = { ...emptyFile, type: 'directory', mode: 0o755 }

/**
 * The files of an archive as a tree in memory: a build context, or what was taken out of an image. Names are byte
 * strings. Links are followed in the tree alone, so nothing outside of it can be reached.
 */
export class SourceTree {
  /** File with the contents. */
  readonly contents: string
  readonly #nodes = new Map<string, SourceNode>()
  readonly #names = new Map<string, string[]>()

  constructor(contents: string, nodes: readonly ArchiveNode[]) {
    this.contents = contents
    this.#nodes.set('', { entry: { ...implied, name: '' }, offset: 0, digest: '' })
    for (const node of nodes) this.#take(node)
    for (const path of this.#nodes.keys()) {
      if (path === '') continue
      const names = this.#names.get(parentOf(path))
      if (names === undefined) this.#names.set(parentOf(path), [nameOf(path)])
      else names.push(nameOf(path))
    }
    for (const names of this.#names.values()) names.sort()
  }

  get(path: string): SourceNode | undefined {
    return this.#nodes.get(path)
  }

  /** Sorted by their bytes. */
  namesIn(path: string): readonly string[] {
    return this.#names.get(path) ?? []
  }

  /** A path and everything below it, parents first. */
  *walk(path: string): Generator<{ readonly path: string; readonly node: SourceNode }, void> {
    const node = this.#nodes.get(path)
    if (node === undefined) return
    yield { path, node }
    for (const name of this.namesIn(path)) yield* this.walk(path === '' ? name : `${path}/${name}`)
  }

  /** Takes a path out, with everything below. */
  remove(path: string): void {
    for (const found of Array.from(this.walk(path), (each) => each.path)) {
      this.#nodes.delete(found)
      this.#names.delete(found)
    }
    const names = this.namesIn(parentOf(path)).filter((each) => each !== nameOf(path))
    this.#names.set(parentOf(path), names)
  }

  /** Where a path leads once its links are followed, the last one too; undefined when there is nothing. */
  resolve(path: string): string | undefined {
    const rest = path.split('/').toReversed()
    let at: string[] = []
    let links = 0
    while (rest.length > 0) {
      const name = rest.pop() ?? ''
      if (name === '' || name === '.') continue
      if (name === '..') {
        at = at.slice(0, -1)
        continue
      }
      const next = [...at, name]
      const node = this.#nodes.get(next.join('/'))
      if (node === undefined) return undefined
      if (node.entry.type === 'symlink') {
        links += 1
        if (links > mostLinks) return undefined
        if (node.entry.linkName.startsWith('/')) at = []
        rest.push(...node.entry.linkName.split('/').toReversed())
        continue
      }
      at = next
    }
    return at.join('/')
  }

  #take({ path, entry, offset, digest }: ArchiveNode): void {
    for (let parent = parentOf(path); parent !== ''; parent = parentOf(parent)) {
      if (this.#nodes.get(parent)?.entry.type === 'directory') break
      this.#nodes.set(parent, { entry: { ...implied, name: parent }, offset: 0, digest: '' })
    }
    if (entry.type !== 'hard-link') {
      this.#nodes.set(path, { entry, offset, digest })
      return
    }
    // A further name of a file is the same object here.
    const parts = entry.linkName.split('/').filter((part) => part !== '' && part !== '.')
    const target = this.#nodes.get(parts.join('/'))
    if (target !== undefined) this.#nodes.set(path, target)
  }
}
