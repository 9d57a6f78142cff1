import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codedError, type LockEntry } from '@moby/contracts'

/** How a generation came about. */
export type ChangeOrigin = 'start' | 'apply' | 'reload' | 'rollback'

/** An entry that was removed and is still used: all that its start needs. */
export interface RetiredRecord {
  readonly name: string
  /** Manifest that it was in; its sources are relative to it. */
  readonly file: string
  readonly locked: LockEntry
  readonly config: Readonly<Record<string, unknown>>
}

/** A generation as it is kept. */
export interface GenerationRecord {
  readonly format: 1
  readonly number: number
  /** When it took over, RFC 3339. */
  readonly at: string
  readonly origin: ChangeOrigin
  /** The generation that a rollback went back to. */
  readonly of?: number | undefined
  /** Absolute path of the manifest. */
  readonly file: string
  /** Text of the manifest, and of its lock. */
  readonly manifest: string
  readonly lock: string
  /** The `daemon.json` that was laid over them. */
  readonly daemon?: { readonly file: string; readonly text: string } | undefined
  readonly retired: readonly RetiredRecord[]
}

/** Generations that are kept; older ones are removed. */
const kept = 10

/**
 * The generations of a data root, one file each in `<data root>/generations`. A file is written beside its place, brought to
 * disk and put into it in one step, so that a reader finds a generation whole or not at all, whatever ends the engine.
 */
export class GenerationStore {
  readonly #folder: string

  /** Makes the folder, and removes what an engine that was killed had begun to write. */
  constructor(dataRoot: string) {
    this.#folder = join(dataRoot, 'generations')
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(this.#folder)) {
      if (name.endsWith('.new')) rmSync(join(this.#folder, name), { force: true })
    }
  }

  /** Oldest first. What cannot be read is left out. */
  list(): readonly GenerationRecord[] {
    return readdirSync(this.#folder)
      .filter((name) => /^\d+\.json$/.test(name))
      .flatMap((name) => this.#read(name) ?? [])
      .toSorted((a, b) => a.number - b.number)
  }

  last(): GenerationRecord | undefined {
    return this.list().at(-1)
  }

  /** Answers when it would survive a loss of power. Throws GENERATION_NOT_KEPT. */
  async write(record: GenerationRecord): Promise<void> {
    const path = this.#path(record.number)
    try {
      const file = await open(`${path}.new`, 'w', 0o600)
      try {
        await file.writeFile(JSON.stringify(record))
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(`${path}.new`, path)
      await this.#flush()
      for (const { number } of this.list().slice(0, -kept)) await rm(this.#path(number), { force: true })
    } catch (cause) {
      await rm(`${path}.new`, { force: true })
      const why = cause instanceof Error ? cause.message : String(cause)
      throw codedError('GENERATION_NOT_KEPT', `Generation ${record.number} cannot be written: ${why}`, {
        hint: `see whether ${this.#folder} is writable and has room`,
        cause,
      })
    }
  }

  /** For one that did not take over after all. */
  async remove(number: number): Promise<void> {
    await rm(this.#path(number), { force: true })
    await this.#flush()
  }

  async #flush(): Promise<void> {
    const folder = await open(this.#folder, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  }

  #read(name: string): GenerationRecord | undefined {
    try {
      const value = JSON.parse(readFileSync(join(this.#folder, name), 'utf8')) as GenerationRecord
      return value.format === 1 && typeof value.manifest === 'string' && Number.isInteger(value.number)
        ? value
        : undefined
    } catch {
      return undefined
    }
  }

  #path(number: number): string {
    return join(this.#folder, `${number}.json`)
  }
}
