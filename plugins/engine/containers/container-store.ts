import { codedError } from '@moby/contracts'
import { KeyedLock } from '../concurrency/keyed-lock.ts'
import type { Table } from '../store/table.ts'
import type { Durability } from '../store/write.ts'
import type { ContainerUsage, ContainerUser } from '../usage.ts'
import { isRunning, type ContainerRecord } from './container-record.ts'

/** The container records: lookup by reference, names without doubles, and changes that never lose one another. */
export class ContainerStore implements ContainerUsage {
  readonly #table: Table<ContainerRecord>
  readonly #writes = new KeyedLock()
  /** Names that a create or rename under way has taken, with the id it is for. */
  readonly #reserved = new Map<string, string>()

  constructor(table: Table<ContainerRecord>) {
    this.#table = table
  }

  get(id: string): ContainerRecord | undefined {
    return this.#table.get(id)
  }

  /** Every record, also those of creations that were never finished. */
  all(): ContainerRecord[] {
    return this.#table.values()
  }

  /** What users see. */
  list(): ContainerRecord[] {
    return this.all().filter((record) => record.status !== 'creating')
  }

  /** A container by id, name or beginning of its id. Fails with CONTAINER_NOT_FOUND or CONTAINER_AMBIGUOUS. */
  find(ref: string): ContainerRecord {
    const exact = this.get(ref)
    if (exact !== undefined && exact.status !== 'creating') return exact
    const name = ref.replace(/^\//, '')
    const known = this.list()
    const named = known.find((record) => record.name === name)
    if (named !== undefined) return named
    const found = ref === '' ? [] : known.filter((record) => record.id.startsWith(ref))
    if (found.length > 1) {
      throw codedError('CONTAINER_AMBIGUOUS', `multiple IDs found with provided prefix: ${ref}`, {
        hint: 'Give more of the id, or the name.',
      })
    }
    if (found[0] === undefined) throw codedError('CONTAINER_NOT_FOUND', `No such container: ${ref}`)
    return found[0]
  }

  /** The record as it is now. Fails with CONTAINER_NOT_FOUND when the container was removed meanwhile. */
  current(id: string): ContainerRecord {
    const record = this.get(id)
    if (record === undefined) throw codedError('CONTAINER_NOT_FOUND', `No such container: ${id}`)
    return record
  }

  isNameTaken(name: string): boolean {
    return this.#reserved.has(name) || this.#holderOf(name) !== undefined
  }

  /** Takes a name until `releaseName`. Fails with CONTAINER_NAME_IN_USE in dockerd's words, which clients parse. */
  reserveName(name: string, id: string): void {
    const holder = this.#reserved.get(name) ?? this.#holderOf(name)
    if (holder !== undefined) {
      throw codedError(
        'CONTAINER_NAME_IN_USE',
        `Conflict. The container name "/${name}" is already in use by container "${holder}". ` +
          'You have to remove (or rename) that container to be able to reuse that name.',
        { details: { holder } },
      )
    }
    const namesake = /^[0-9a-f]{12,64}$/.test(name) ? this.all().find((each) => each.id.startsWith(name)) : undefined
    if (namesake !== undefined && namesake.id !== id) {
      throw codedError(
        'CONTAINER_NAME_IN_USE',
        `The container name "/${name}" is the id of container "${namesake.id}", or its beginning: whoever means that ` +
          'one would reach the other. Choose another name.',
        { details: { holder: namesake.id } },
      )
    }
    this.#reserved.set(name, id)
  }

  releaseName(name: string): void {
    this.#reserved.delete(name)
  }

  async insert(record: ContainerRecord, durability: Durability): Promise<void> {
    await this.#table.put(record, durability)
  }

  /** Changes a record; changes of one record run one after another, each on what the one before left. */
  async update(
    id: string,
    change: Partial<ContainerRecord> | ((record: ContainerRecord) => ContainerRecord),
    durability: Durability,
  ): Promise<ContainerRecord> {
    return this.#writes.run(id, async () => {
      const record = this.current(id)
      const next = typeof change === 'function' ? change(record) : { ...record, ...change }
      await this.#table.put(next, durability)
      return next
    })
  }

  async delete(id: string, durability: Durability): Promise<void> {
    await this.#writes.run(id, () => this.#table.delete(id, durability))
  }

  ofImage(imageId: string): ContainerUser[] {
    return this.#users((record) => record.image.id === imageId)
  }

  mountingImage(imageId: string): ContainerUser[] {
    return this.#users((record) => record.mounts.some(({ image }) => image?.id === imageId))
  }

  ofVolume(name: string): ContainerUser[] {
    return this.#users(
      (record) =>
        // One that is going takes its volumes along; one that is being made is held by whoever acquires them.
        record.status !== 'removing' &&
        record.status !== 'creating' &&
        record.mounts.some((mount) => mount.volume?.name === name),
    )
  }

  ofNetwork(networkId: string): ContainerUser[] {
    return this.#users((record) => record.endpoints.some((endpoint) => endpoint.networkId === networkId))
  }

  counts(): { total: number; running: number; paused: number; stopped: number } {
    const records = this.list()
    const running = records.filter((record) => record.status === 'running' || record.status === 'restarting').length
    const paused = records.filter((record) => record.status === 'paused').length
    return { total: records.length, running, paused, stopped: records.length - running - paused }
  }

  #users(uses: (record: ContainerRecord) => boolean): ContainerUser[] {
    return this.all()
      .filter(uses)
      .map((record) => ({ id: record.id, name: record.name, running: isRunning(record) }))
  }

  #holderOf(name: string): string | undefined {
    return this.all().find((record) => record.name === name)?.id
  }
}
