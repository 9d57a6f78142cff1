import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { codedError, type Logger } from '@moby/contracts'
import { removeFolders } from '@moby/lib-tar'
import { flawOfRecord, type SnapshotRecord } from './snapshot-record.ts'

const recordFile = 'snapshot.json'

interface Slot {
  readonly record: SnapshotRecord
  readonly folder: string
}

/**
 * Snapshots of one driver: a folder each under a short number, with its record in a file that is always replaced as
 * a whole. A folder without record is none: what a killed process was making or removing is swept when the store is
 * opened, so that each operation either happened or did not.
 */
export class SnapshotStore {
  readonly #root: string
  readonly #log: Logger
  readonly #slots = new Map<string, Slot>()
  /** Snapshots that are being made, by their keys: they hold their parents. */
  readonly #reserved = new Map<string, SnapshotRecord>()
  #number = 0
  #toRemove: string[] = []
  #removals: Promise<void> = Promise.resolve()

  private constructor(root: string, log: Logger) {
    this.#root = root
    this.#log = log
  }

  /** Opens the store in a folder, which is filled with what it needs. */
  static open(root: string, log: Logger): SnapshotStore {
    const store = new SnapshotStore(root, log)
    for (const name of ['s', 'removed', 'damaged']) mkdirSync(join(root, name), { recursive: true, mode: 0o700 })
    for (const name of readdirSync(join(root, 's'))) store.#read(name)
    for (const name of readdirSync(join(root, 'removed'))) {
      store.#count(name)
      store.#removeLater(join(root, 'removed', name))
    }
    for (const name of readdirSync(join(root, 'damaged'))) store.#count(name)
    return store
  }

  find(key: string): SnapshotRecord | undefined {
    return this.#slots.get(key)?.record
  }

  /** Fails with SNAPSHOT_NOT_FOUND. */
  get(key: string): SnapshotRecord {
    return this.#slot(key).record
  }

  values(): SnapshotRecord[] {
    return [...this.#slots.values()].map(({ record }) => record)
  }

  /** The folder of a snapshot: the driver's own, but for the record. Fails with SNAPSHOT_NOT_FOUND. */
  folder(key: string): string {
    return this.#slot(key).folder
  }

  /** The snapshots that one stands on, nearest first. */
  ancestors(key: string): SnapshotRecord[] {
    const found: SnapshotRecord[] = []
    for (let { parent } = this.get(key); parent !== undefined;) {
      const record = this.get(parent)
      found.push(record)
      parent = record.parent
    }
    return found
  }

  /**
   * Makes a snapshot: `fill` gets its new folder, and when it is done the snapshot is there. Fails with
   * SNAPSHOT_EXISTS, and as `fill` fails, leaving nothing.
   */
  async make(record: SnapshotRecord, fill: (folder: string) => Promise<void> | void): Promise<void> {
    if (this.#slots.has(record.key) || this.#reserved.has(record.key)) throw exists(record.key)
    this.#reserved.set(record.key, record)
    const folder = join(this.#root, 's', this.#nextNumber())
    try {
      mkdirSync(folder, { mode: 0o700 })
      await fill(folder)
      writeRecord(folder, record)
      this.#slots.set(record.key, { record, folder })
    } catch (error) {
      this.#discard(folder)
      throw error
    } finally {
      this.#reserved.delete(record.key)
    }
  }

  /** Replaces a record in one step, under another key if it has one. Fails with SNAPSHOT_EXISTS. */
  replace(key: string, record: SnapshotRecord): void {
    const { folder } = this.#slot(key)
    if (record.key !== key && (this.#slots.has(record.key) || this.#reserved.has(record.key))) throw exists(record.key)
    writeRecord(folder, record)
    this.#slots.delete(key)
    this.#slots.set(record.key, { record, folder })
  }

  /**
   * Takes a snapshot away; its files are deleted in the background, and after a restart if need be. A missing one is
   * success. Fails with SNAPSHOT_IN_USE when others stand on it.
   */
  remove(key: string): void {
    const slot = this.#slots.get(key)
    if (slot === undefined) return
    const child = [...this.values(), ...this.#reserved.values()].find(({ parent }) => parent === key)
    if (child !== undefined) {
      throw codedError('SNAPSHOT_IN_USE', `The snapshot ${key} cannot be removed: ${child.key} stands on it`, {
        hint: `Remove ${child.key} first.`,
        details: { key, child: child.key },
      })
    }
    this.#slots.delete(key)
    this.#discard(slot.folder)
  }

  /** Returns when everything that was removed is deleted. */
  async settle(): Promise<void> {
    await this.#removals
  }

  #slot(key: string): Slot {
    const slot = this.#slots.get(key)
    if (slot !== undefined) return slot
    throw codedError('SNAPSHOT_NOT_FOUND', `There is no snapshot ${key}`, { details: { key } })
  }

  #read(name: string): void {
    this.#count(name)
    const folder = join(this.#root, 's', name)
    let text: string
    try {
      text = readFileSync(join(folder, recordFile), 'utf8')
    } catch {
      this.#discard(folder)
      return
    }
    const { value, flaw } = parseRecord(text)
    if (flaw !== undefined || value === undefined || this.#slots.has(value.key)) {
      renameSync(folder, join(this.#root, 'damaged', name))
      this.#log.warn('A snapshot is damaged and was set aside', {
        folder: `damaged/${name}`,
        reason: flaw ?? 'its key exists',
      })
      return
    }
    this.#slots.set(value.key, { record: value, folder })
  }

  #count(name: string): void {
    const number = Number.parseInt(name, 36)
    if (number > this.#number) this.#number = number
  }

  #nextNumber(): string {
    this.#number += 1
    return this.#number.toString(36)
  }

  #discard(folder: string): void {
    const removed = join(this.#root, 'removed', folder.slice(folder.lastIndexOf('/') + 1))
    try {
      renameSync(folder, removed)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      throw error
    }
    this.#removeLater(removed)
  }

  /** Deletes in a worker thread; what comes while it is busy goes together in the next turn. */
  #removeLater(path: string): void {
    this.#toRemove.push(path)
    if (this.#toRemove.length === 1) this.#removals = this.#removals.then(() => this.#removeNow())
  }

  async #removeNow(): Promise<void> {
    const paths = this.#toRemove
    this.#toRemove = []
    try {
      await removeFolders(paths)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#log.warn('The files of removed snapshots could not be deleted; the next start tries again', { reason })
    }
  }
}

function exists(key: string): Error {
  return codedError('SNAPSHOT_EXISTS', `There is a snapshot ${key} already`, { details: { key } })
}

function writeRecord(folder: string, record: SnapshotRecord): void {
  const path = join(folder, recordFile)
  writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

function parseRecord(text: string): { value?: SnapshotRecord; flaw?: string } {
  try {
    const value: unknown = JSON.parse(text)
    const flaw = flawOfRecord(value)
    return flaw === undefined ? { value: value as SnapshotRecord } : { flaw }
  } catch {
    return { flaw: 'its record is no JSON' }
  }
}
