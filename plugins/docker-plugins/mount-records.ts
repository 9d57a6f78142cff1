import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Logger } from '@moby/contracts'

/**
 * Which mounts the plugins were asked for and have not been asked to undo. Plugins count them, so an engine that
 * started again must not ask twice. The file is among the run files: a reboot undoes every mount.
 */
export class MountRecords {
  readonly #file: string
  readonly #keys: Set<string>

  private constructor(file: string, keys: Set<string>) {
    this.#file = file
    this.#keys = keys
  }

  /** A file that is not there or cannot be read counts as empty; the second is told. */
  static open(file: string, log: Logger): MountRecords {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    try {
      return new MountRecords(file, new Set(JSON.parse(readFileSync(file, 'utf8')) as string[]))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        log.warn('The mounts that plugins have made are not known any more.', { file, error: String(error) })
      }
      return new MountRecords(file, new Set())
    }
  }

  has(plugin: string, volume: string, id: string): boolean {
    return this.#keys.has(keyOf(plugin, volume, id))
  }

  add(plugin: string, volume: string, id: string): void {
    this.#keys.add(keyOf(plugin, volume, id))
    this.#write()
  }

  delete(plugin: string, volume: string, id: string): void {
    this.#keys.delete(keyOf(plugin, volume, id))
    this.#write()
  }

  /** Forgets what a plugin has mounted, which is gone with it. */
  forget(plugin: string): void {
    for (const key of this.#keys) if ((JSON.parse(key) as [string])[0] === plugin) this.#keys.delete(key)
    this.#write()
  }

  /** What a plugin has mounted: volume and id of each mount. */
  of(plugin: string): (readonly [volume: string, id: string])[] {
    const keys = [...this.#keys].map((key) => JSON.parse(key) as [string, string, string])
    return keys.flatMap(([owner, volume, id]) => (owner === plugin ? [[volume, id] as const] : []))
  }

  /** The plugin of each mount. */
  plugins(): string[] {
    return [...this.#keys].map((key) => (JSON.parse(key) as [string])[0])
  }

  #write(): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify([...this.#keys]), { mode: 0o600 })
    renameSync(`${this.#file}.new`, this.#file)
  }
}

function keyOf(plugin: string, volume: string, id: string): string {
  return JSON.stringify([plugin, volume, id])
}
