import { closeSync } from 'node:fs'
import { codedError } from '@moby/contracts/errors'
import { errnoOf, makeFolderAt, openFlags, openWithin } from '@moby/lib-linux/files'

const flags = openFlags.O_RDONLY | openFlags.O_DIRECTORY
/** One entry can ask for two thousand. */
const mostMade = 1_000_000

/**
 * Folders below an open one, by path. The kernel walks, with the open folder as the root of all links, so that nobody
 * can lead a step out of it (openat2(2), RESOLVE_IN_ROOT). A descriptor is valid until the next call.
 */
export class TargetFolders {
  readonly #root: number
  /** Entries of one folder follow each other nearly always. */
  #last: { readonly path: string; readonly descriptor: number } | undefined
  /** It may have been removed. */
  #isStale = false
  #made = 0

  constructor(root: number) {
    this.#root = root
  }

  /** The folder of that path, if there is one. */
  find(path: string): number | undefined {
    try {
      return this.#open(path)
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) return undefined
      throw error
    }
  }

  /** The folder of that path; what is missing is made. Fails with HOST_SYSTEM_CALL where a file is in the way. */
  make(path: string): number {
    try {
      return this.#open(path)
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error
    }
    this.#made += 1
    if (this.#made > mostMade) {
      throw codedError('ARCHIVE_LIMIT', `The archive needs more than ${mostMade} folders that it does not name`)
    }
    const slash = path.lastIndexOf('/')
    makeFolderAt(this.make(path.slice(0, Math.max(0, slash))), path.slice(slash + 1), 0o755)
    return this.#open(path)
  }

  /** To be called when something is removed: it may be the last folder. Its descriptor stays valid. */
  forget(): void {
    this.#isStale = true
  }

  close(): void {
    if (this.#last !== undefined) closeSync(this.#last.descriptor)
    this.#last = undefined
  }

  #open(path: string): number {
    if (this.#last?.path === path && !this.#isStale) return this.#last.descriptor
    const descriptor = openWithin(this.#root, path === '' ? '.' : path, flags, 'in-root')
    this.close()
    this.#isStale = false
    this.#last = { path, descriptor }
    return descriptor
  }
}
