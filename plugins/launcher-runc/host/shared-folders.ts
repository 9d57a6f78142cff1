import { readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeShared, mountOf, mountsBelow, unmount } from '@moby/lib-linux'

/**
 * Folders of components that are mount points, because mounts below them are to be seen in a container and on the
 * host, and the host does not share the file system that they lie on. Each is kept in a file as long as it may be one.
 */
export class SharedFolders {
  readonly #records: string
  readonly #users = new Map<string, Set<string>>()

  /** `records`: a folder of its own that exists. */
  constructor(records: string) {
    this.#records = records
  }

  /** Sees to it that mounts below a folder spread, as long as `user` uses it. */
  share(folder: string, user: string): void {
    const path = realpathSync(folder)
    const users = this.#users.get(path) ?? new Set()
    if (users.size === 0 && !mountOf(path).isShared) {
      writeFileSync(this.#recordOf(path), path)
      makeShared(path)
    }
    this.#users.set(path, users.add(user))
  }

  /** Gives up what `user` used; the last one takes the mount point away, unless something is mounted below it. */
  release(user: string): void {
    for (const [path, users] of this.#users) {
      if (users.delete(user) && users.size === 0) this.#end(path)
    }
  }

  /** Takes away what an earlier life left and nothing is mounted below. */
  sweep(): void {
    for (const name of readdirSync(this.#records)) {
      const path = readFileSync(join(this.#records, name), 'utf8')
      if ((this.#users.get(path)?.size ?? 0) === 0) this.#end(path)
    }
  }

  #end(path: string): void {
    const [deepest] = mountsBelow(path)
    // Volumes are mounted there, which others use; the next sweep comes when they are gone.
    if (deepest !== undefined && deepest !== path) return
    if (deepest !== undefined) unmount(path, { detach: true })
    rmSync(this.#recordOf(path), { force: true })
  }

  #recordOf(path: string): string {
    return join(this.#records, encodeURIComponent(path).slice(-200))
  }
}
