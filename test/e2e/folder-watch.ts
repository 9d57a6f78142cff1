import { lstatSync, mkdirSync, readdirSync, realpathSync, rmdirSync, watch, type FSWatcher } from 'node:fs'
import { join } from 'node:path'

/** How far below the folder names are noticed. The home of an example is at 2, the data root that it makes there at 3. */
const deepest = 3
/** The name that tells that all events before it have been read. */
const fence = '.fence'

/**
 * Every path that there ever was in a folder and shortly below it, also when it is gone again. The kernel queues what
 * happens in a folder that is watched, so nothing of the first level can be missed; what is made and removed below it
 * before its folder is watched can.
 */
export class FolderWatch {
  readonly #folder: string
  readonly #seen = new Set<string>()
  readonly #watchers = new Map<string, FSWatcher>()
  #onFence: (() => void) | undefined

  constructor(folder: string) {
    this.#folder = realpathSync(folder)
    this.#watch(this.#folder, 1)
  }

  /** All paths up to now, and watches no more. */
  async close(): Promise<ReadonlySet<string>> {
    const passed = new Promise<void>((resolve) => (this.#onFence = resolve))
    mkdirSync(join(this.#folder, fence))
    await passed
    rmdirSync(join(this.#folder, fence))
    for (const watcher of this.#watchers.values()) watcher.close()
    return this.#seen
  }

  #watch(folder: string, depth: number): void {
    if (this.#watchers.has(folder)) return
    try {
      if (!lstatSync(folder).isDirectory()) return
      const watcher = watch(folder, { persistent: depth === 1 }, (_, name) => {
        if (name !== null) this.#see(folder, name, depth)
      })
      // Its folder may be gone.
      watcher.on('error', () => undefined)
      this.#watchers.set(folder, watcher)
      for (const name of readdirSync(folder)) this.#see(folder, name, depth)
    } catch {
      // It is gone again.
    }
  }

  #see(folder: string, name: string, depth: number): void {
    if (depth === 1 && name === fence) return this.#onFence?.()
    const path = join(folder, name)
    this.#seen.add(path)
    if (depth < deepest) this.#watch(path, depth + 1)
  }
}
