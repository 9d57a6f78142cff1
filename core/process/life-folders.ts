import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { secondLife } from './run-files.ts'

/**
 * Where each life of a component has its sockets: in the run folder of the component, or beside the life that is there,
 * since two may run for a moment. Only one change goes on at a time, so that there are never three.
 */
export class LifeFolders {
  readonly #taken = new Set<string>()

  /** A folder that no other life has, made when it is missing. */
  take(runFolder: string): string {
    const folder = this.#taken.has(runFolder) ? join(runFolder, secondLife) : runFolder
    if (folder !== runFolder) mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#taken.add(folder)
    return folder
  }

  release(folder: string): void {
    this.#taken.delete(folder)
  }
}
