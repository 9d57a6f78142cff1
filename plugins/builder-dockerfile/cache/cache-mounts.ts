import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, readdir, rm, stat, utimes, writeFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codedError } from '@moby/contracts'
import { measureFolder } from '@moby/lib-tar'

export interface CacheMountWish {
  readonly id: string
  readonly sharing: 'shared' | 'private' | 'locked'
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Fills a new one. */
  readonly fill?: ((folder: string) => Promise<void>) | undefined
}

export interface CacheMountUse {
  readonly folder: string
  release(): void
}

export interface CacheMountInfo {
  readonly name: string
  readonly id: string
  readonly inUse: boolean
  readonly size: number
  readonly createdAt: Date
  readonly lastUsedAt: Date
}

/** Folders of `RUN --mount=type=cache`, which outlast builds. */
export class CacheMounts {
  readonly #folder: string
  readonly #users = new Map<string, number>()
  readonly #tails = new Map<string, Promise<void>>()
  /** What is done to a folder just now: it is made or removed. */
  readonly #changing = new Map<string, Promise<void>>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * Gives the folder of an id. `locked` waits for other users of it, `private` gives another one than theirs. Who takes
   * several locked ones takes them in the order of their ids, so that no two wait for each other. Fails with CANCELLED.
   */
  async use(wish: CacheMountWish, signal?: AbortSignal): Promise<CacheMountUse> {
    const unlock = wish.sharing === 'locked' ? await this.#lock(nameOf(wish.id, 0), signal) : undefined
    let copy = 0
    if (wish.sharing === 'private') while ((this.#users.get(nameOf(wish.id, copy)) ?? 0) > 0) copy += 1
    const name = nameOf(wish.id, copy)
    this.#users.set(name, (this.#users.get(name) ?? 0) + 1)
    const release = () => {
      const left = (this.#users.get(name) ?? 1) - 1
      if (left > 0) this.#users.set(name, left)
      else this.#users.delete(name)
      unlock?.()
    }
    try {
      // Whether another one could make it is no matter here: then it is made now.
      for (let other = this.#changing.get(name); other !== undefined; other = this.#changing.get(name)) {
        await other.catch(() => undefined)
      }
      await this.#change(name, async () => await this.#make(name, wish))
      return { folder: join(this.#folder, name, 'files'), release }
    } catch (error) {
      release()
      throw error
    }
  }

  async list(): Promise<CacheMountInfo[]> {
    const found: CacheMountInfo[] = []
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const path = join(this.#folder, name)
      const note = join(path, 'id')
      const status = await stat(note).catch(() => undefined)
      if (status === undefined) continue
      const { allocated } = await measureFolder({ form: 'plain', root: join(path, 'files') })
      found.push({
        name,
        id: await readFile(note, 'utf8'),
        inUse: this.#users.has(name),
        size: allocated,
        createdAt: status.birthtime,
        lastUsedAt: status.mtime,
      })
    }
    return found
  }

  /** Removes one that nobody uses; false when somebody does. */
  async remove(name: string): Promise<boolean> {
    if (this.#users.has(name) || this.#changing.has(name)) return false
    await this.#change(name, async () => await rm(join(this.#folder, name), { recursive: true, force: true }))
    return true
  }

  async #change(name: string, act: () => Promise<void>): Promise<void> {
    const change = act()
    this.#changing.set(name, change)
    await change.finally(() => this.#changing.delete(name))
  }

  async #make(name: string, wish: CacheMountWish): Promise<void> {
    const path = join(this.#folder, name)
    const note = join(path, 'id')
    if (existsSync(note)) {
      await utimes(note, new Date(), new Date())
      return
    }
    // Without its note it was not made to its end.
    await rm(path, { recursive: true, force: true })
    const files = join(path, 'files')
    await mkdir(files, { recursive: true, mode: 0o700 })
    await wish.fill?.(files)
    await chown(files, wish.uid, wish.gid)
    await chmod(files, wish.mode)
    await writeFile(note, wish.id)
  }

  /** Once nobody waits behind it. */
  async #forget(name: string, tail: Promise<void>): Promise<void> {
    await tail
    if (this.#tails.get(name) === tail) this.#tails.delete(name)
  }

  async #lock(name: string, signal: AbortSignal | undefined): Promise<() => void> {
    const before = this.#tails.get(name) ?? Promise.resolve()
    const { promise: used, resolve: unlock } = Promise.withResolvers<void>()
    // Who gives up waiting leaves its place, and those behind it wait for those before it.
    const tail = before.then(() => used)
    this.#tails.set(name, tail)
    void this.#forget(name, tail)
    const { promise: cancelled, reject } = Promise.withResolvers<never>()
    const cancel = () => reject(codedError('CANCELLED', 'The work was cancelled'))
    signal?.addEventListener('abort', cancel)
    if (signal?.aborted === true) cancel()
    try {
      await Promise.race([before, cancelled])
      return unlock
    } catch (error) {
      unlock()
      throw error
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }
}

function nameOf(id: string, copy: number): string {
  return createHash('sha256').update(`${id}\0${copy}`).digest('hex').slice(0, 32)
}
