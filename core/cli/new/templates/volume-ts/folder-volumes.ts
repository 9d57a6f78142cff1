import { lstat, mkdir, chmod, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError, type Logger } from '../../../../../contracts/sdk/typescript/component.ts'
import type { Volume } from '../../../../../contracts/sdk/typescript/contracts/storage-volume.ts'
import { checkName, readMode } from './options.ts'

interface Kept {
  readonly options: Readonly<Record<string, string>>
  readonly createdAt: string
  readonly users: readonly string[]
}

/**
 * Volumes below one folder: `<name>/files` holds the files of a volume, `<name>/volume.json` its record. A volume
 * exists from the moment its record is whole until the record is gone; what has no record is swept at the next start.
 */
export class FolderVolumes {
  readonly #folder: string
  readonly #records = new Map<string, Kept>()
  readonly #damaged = new Set<string>()
  /** Work on one volume goes one after the other. */
  readonly #turns = new Map<string, Promise<unknown>>()

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async open(folder: string, log: Logger): Promise<FolderVolumes> {
    const volumes = new FolderVolumes(folder)
    await mkdir(folder, { recursive: true, mode: 0o711 })
    for (const name of await readdir(folder)) await volumes.#takeUp(name, log)
    return volumes
  }

  async create(name: string, options: Readonly<Record<string, string>>): Promise<Record<string, never>> {
    checkName(name)
    const mode = readMode(options)
    return await this.#alone(name, async () => {
      const known = this.#records.get(name)
      if (known !== undefined && sameOptions(known.options, options)) return {}
      if (known !== undefined) {
        throw new CodedError('VOLUME_OPTIONS_CONFLICT', `volume ${name} exists already with other options`, {
          hint: 'Remove it first, or choose another name.',
        })
      }
      if (this.#damaged.has(name)) {
        throw new CodedError('VOLUME_OPTIONS_CONFLICT', `volume ${name} exists already, and its record is damaged`, {
          hint: `Move ${join(this.#folder, name)} away: it holds the files of that volume.`,
        })
      }
      await mkdir(this.#files(name), { recursive: true })
      // mkdir is subject to the umask.
      await chmod(this.#files(name), mode)
      await this.#keep(name, { options, createdAt: new Date().toISOString(), users: [] })
      return {}
    })
  }

  get(name: string): Volume {
    const { options, createdAt } = this.#record(name)
    return { name, mountpoint: this.#files(name), createdAt, options }
  }

  list(): Volume[] {
    return [...this.#records.keys()].map((name) => this.get(name))
  }

  path(name: string): string {
    this.#record(name)
    return this.#files(name)
  }

  async mount(name: string, user: string): Promise<string> {
    return await this.#alone(name, async () => {
      const record = this.#record(name)
      if (!record.users.includes(user)) await this.#keep(name, { ...record, users: [...record.users, user] })
      return this.#files(name)
    })
  }

  async unmount(name: string, user: string): Promise<Record<string, never>> {
    return await this.#alone(name, async () => {
      const record = this.#record(name)
      const users = record.users.filter((each) => each !== user)
      if (users.length < record.users.length) await this.#keep(name, { ...record, users })
      return {}
    })
  }

  /** Bytes on the disk; a file with several names counts once. */
  async usage(name: string, signal?: AbortSignal): Promise<number> {
    const seen = new Set<string>()
    const walk = async (path: string): Promise<number> => {
      signal?.throwIfAborted()
      const facts = await lstat(path).catch(() => undefined)
      // Somebody works in the volume meanwhile.
      if (facts === undefined || seen.has(`${facts.dev} ${facts.ino}`)) return 0
      seen.add(`${facts.dev} ${facts.ino}`)
      let total = facts.blocks * 512
      if (facts.isDirectory()) for (const each of await readdir(path)) total += await walk(join(path, each))
      return total
    }
    return await walk(this.path(name))
  }

  async remove(name: string): Promise<Record<string, never>> {
    return await this.#alone(name, async () => {
      const { users } = this.#record(name)
      if (users.length > 0) {
        throw new CodedError('VOLUME_IN_USE', `volume ${name} is used by ${users.join(', ')}`, {
          hint: 'Remove the containers that use it first.',
        })
      }
      // The record goes first: from here on the volume does not exist.
      await rm(join(this.#folder, name, 'volume.json'))
      this.#records.delete(name)
      await rm(join(this.#folder, name), { recursive: true })
      return {}
    })
  }

  async #takeUp(name: string, log: Logger): Promise<void> {
    try {
      this.#records.set(name, JSON.parse(await readFile(join(this.#folder, name, 'volume.json'), 'utf8')) as Kept)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.#damaged.add(name)
        log.error('the record of a volume cannot be read; its files are kept', { volume: name, reason: String(error) })
        return
      }
      log.warn('removing what is left of a volume that was not whole', { volume: name })
      await rm(join(this.#folder, name), { recursive: true, force: true })
    }
  }

  #files(name: string): string {
    return join(this.#folder, name, 'files')
  }

  #record(name: string): Kept {
    const record = this.#records.get(name)
    if (record !== undefined) return record
    throw new CodedError('VOLUME_NOT_FOUND', `there is no volume ${name}`)
  }

  /** A reader sees the old record or the new one whole, whenever the process dies. */
  async #keep(name: string, record: Kept): Promise<void> {
    const path = join(this.#folder, name, 'volume.json')
    const file = await open(`${path}.new`, 'w')
    try {
      await file.writeFile(JSON.stringify(record))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(`${path}.new`, path)
    this.#records.set(name, record)
  }

  async #alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#turns.get(name) ?? Promise.resolve()).then(work)
    const settled = mine.catch(() => undefined)
    this.#turns.set(name, settled)
    try {
      return await mine
    } finally {
      if (this.#turns.get(name) === settled) this.#turns.delete(name)
    }
  }
}

function sameOptions(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(one)
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key])
}
