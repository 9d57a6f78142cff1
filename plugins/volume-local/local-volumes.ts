import { chmod, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codedError, type Logger, type Volume } from '@moby/contracts'
import { mountsBelow, unmount } from '@moby/lib-linux'
import { measureFolder } from '@moby/lib-tar'
import { mountVolume } from './mount-volume.ts'
import { checkVolumeName } from './volume-name.ts'
import { readVolumeOptions } from './volume-options.ts'
import { readRecord, writeRecord, type VolumeRecord } from './volume-record.ts'

/**
 * Volumes below one folder: `<name>/_data` holds the files, `<name>/volume.json` the record. A volume exists from the
 * moment its record is whole until the record is gone, so a death in between leaves nothing half made.
 */
export class LocalVolumes {
  readonly #folder: string
  readonly #records: Map<string, VolumeRecord>
  /** Work on one volume goes one after another. */
  readonly #queues = new Map<string, Promise<unknown>>()

  private constructor(folder: string, records: Map<string, VolumeRecord>) {
    this.#folder = folder
    this.#records = records
  }

  /** Reads what is there, removes what was half made or half removed, unmounts what nobody uses. */
  static async open(folder: string, log: Logger): Promise<LocalVolumes> {
    await mkdir(folder, { recursive: true, mode: 0o701 })
    const records = new Map<string, VolumeRecord>()
    for (const name of await readdir(folder)) {
      const record = await readRecord(join(folder, name))
      if (record === 'damaged' || (record !== undefined && record.name !== name)) {
        log.error('the record of a volume cannot be read; its files are kept and it is not shown', { volume: name })
        continue
      }
      if (record !== undefined) records.set(name, record)
      if (record === undefined || record.users.length === 0) releaseMounts(join(folder, name))
      if (record === undefined) {
        log.warn('removing what is left of a volume that was not whole', { volume: name })
        await rm(join(folder, name), { recursive: true, force: true })
      }
    }
    return new LocalVolumes(folder, records)
  }

  async create(name: string, options: Readonly<Record<string, string>>): Promise<void> {
    checkVolumeName(name)
    readVolumeOptions(options)
    await this.#alone(name, async () => {
      const existing = this.#records.get(name)
      if (existing === undefined && (await readRecord(join(this.#folder, name))) === 'damaged') {
        throw codedError('VOLUME_OPTIONS_CONFLICT', `volume "${name}" exists already, and its record is damaged`, {
          hint: `Move ${join(this.#folder, name)} away: it holds the files of that volume.`,
        })
      }
      if (existing !== undefined) {
        if (sameOptions(existing.options, options)) return
        throw codedError('VOLUME_OPTIONS_CONFLICT', `volume "${name}" exists already with other options`, {
          hint: 'Remove it first, or create one under another name.',
        })
      }
      await mkdir(this.#filesOf(name), { recursive: true, mode: 0o755 })
      await chmod(this.#filesOf(name), 0o755)
      await this.#keep({ name, createdAt: now(), options, users: [] }, { flush: true })
    })
  }

  get(name: string): Volume {
    const { createdAt, options } = this.#record(name)
    return { name, mountpoint: this.#filesOf(name), createdAt, options: { ...options } }
  }

  list(): Volume[] {
    return [...this.#records.keys()].toSorted().map((name) => this.get(name))
  }

  path(name: string): string {
    this.#record(name)
    return this.#filesOf(name)
  }

  async mount(name: string, user: string): Promise<string> {
    return await this.#alone(name, async () => {
      const record = this.#record(name)
      const target = this.#filesOf(name)
      const mount = readVolumeOptions(record.options)
      if (!record.users.includes(user)) await this.#keep({ ...record, users: [...record.users, user] })
      try {
        if (mount !== undefined) mountVolume(name, mount, target)
      } catch (error) {
        await this.#keep(record)
        throw error
      }
      return target
    })
  }

  async unmount(name: string, user: string): Promise<void> {
    await this.#alone(name, async () => {
      const record = this.#record(name)
      if (!record.users.includes(user)) return
      const users = record.users.filter((each) => each !== user)
      if (users.length === 0) releaseMounts(this.#filesOf(name))
      await this.#keep({ ...record, users })
    })
  }

  async usage(name: string): Promise<bigint> {
    const { size } = await measureFolder({ form: 'plain', root: this.path(name) })
    return BigInt(size)
  }

  async remove(name: string): Promise<void> {
    await this.#alone(name, async () => {
      const { users } = this.#record(name)
      if (users.length > 0) {
        throw codedError('VOLUME_IN_USE', `volume "${name}" is mounted by ${users.join(', ')}`, {
          hint: 'Remove the containers that use it first.',
        })
      }
      const folder = join(this.#folder, name)
      // The record goes first: from here on the volume does not exist, and a start after a crash sweeps its files.
      await rm(join(folder, 'volume.json'))
      this.#records.delete(name)
      releaseMounts(folder)
      await rm(folder, { recursive: true, force: true })
    })
  }

  /** A creation is flushed to the disk; who uses a volume means nothing after a loss of power. */
  async #keep(record: VolumeRecord, options: { flush: boolean } = { flush: false }): Promise<void> {
    await writeRecord(join(this.#folder, record.name), record, options)
    this.#records.set(record.name, record)
  }

  #record(name: string): VolumeRecord {
    const record = this.#records.get(name)
    if (record === undefined) throw codedError('VOLUME_NOT_FOUND', `get ${name}: no such volume`)
    return record
  }

  #filesOf(name: string): string {
    return join(this.#folder, name, '_data')
  }

  async #alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(name) ?? Promise.resolve()
    const turn = before.then(work, work)
    this.#queues.set(name, turn)
    try {
      return await turn
    } finally {
      if (this.#queues.get(name) === turn) this.#queues.delete(name)
    }
  }
}

function releaseMounts(folder: string): void {
  for (const target of mountsBelow(folder)) unmount(target, { detach: true, ifMounted: true })
}

function sameOptions(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(one)
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key])
}

function now(): string {
  return new Date().toISOString()
}
