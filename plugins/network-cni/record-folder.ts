import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '@moby/contracts'

/** Records by key, each in a small JSON file that is replaced whole, so that they survive the death of the process. */
export class RecordFolder<T> {
  readonly #folder: string
  readonly #records = new Map<string, T>()

  constructor(folder: string, keyOf: (record: T) => string, log: Logger) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(folder)) {
      const path = join(folder, name)
      try {
        if (!name.endsWith('.json')) throw new Error('it was not finished')
        const record = JSON.parse(readFileSync(path, 'utf8')) as T
        this.#records.set(keyOf(record), record)
      } catch (error) {
        log.warn('a record was dropped', { path, error: String(error) })
        rmSync(path, { force: true })
      }
    }
  }

  values(): T[] {
    return [...this.#records.values()]
  }

  get(key: string): T | undefined {
    return this.#records.get(key)
  }

  put(key: string, record: T): void {
    const path = this.#pathOf(key)
    writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 })
    renameSync(`${path}.new`, path)
    this.#records.set(key, record)
  }

  delete(key: string): void {
    rmSync(this.#pathOf(key), { force: true })
    this.#records.delete(key)
  }

  /** Keys are free text, so files are called by their hash. */
  #pathOf(key: string): string {
    return join(this.#folder, `${createHash('sha256').update(key).digest('hex').slice(0, 40)}.json`)
  }
}
