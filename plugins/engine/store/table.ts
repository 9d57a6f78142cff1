import type { Change, Entry, Implementation, stateStore } from '@moby/contracts'
import { commitTogether, type Durability, type Write } from './write.ts'

/** An entry that could not be taken as a record: it stays in the store untouched. */
export interface Quarantined {
  readonly key: string
  readonly value: unknown
  readonly reason: string
}

interface Slot<T> {
  record: T | undefined
  revision: bigint
  pending: number
}

const pageSize = 1000

/**
 * All records of one kind, held in memory and kept in the state store under `<prefix>/<id>`. The
 * engine alone writes there, so that reads need no waiting. A record is a value: replace it with
 * `put`, never change it in place. A write shows once it is durable; of two writes of one record
 * under way, the one that the store took last wins.
 */
export class Table<T extends { readonly id: string }> {
  readonly #store: Implementation<typeof stateStore>
  readonly #prefix: string
  readonly #slots = new Map<string, Slot<T>>()
  readonly #quarantined: Quarantined[] = []

  private constructor(store: Implementation<typeof stateStore>, prefix: string) {
    this.#store = store
    this.#prefix = prefix.endsWith('/') ? prefix : `${prefix}/`
  }

  /**
   * Reads every record below a prefix (`containers`). What is no record of that id, or what `check`
   * refuses with a reason, is quarantined.
   */
  static async load<T extends { readonly id: string }>(
    store: Implementation<typeof stateStore>,
    prefix: string,
    check?: (value: unknown) => string | undefined,
  ): Promise<Table<T>> {
    const table = new Table<T>(store, prefix)
    let after: string | undefined
    for (;;) {
      const page = await store.list({
        prefix: table.#prefix,
        limit: pageSize,
        ...(after === undefined ? {} : { after }),
      })
      for (const entry of page.entries) table.#take(entry, check)
      after = page.entries.at(-1)?.key
      if (!page.more || after === undefined) return table
    }
  }

  get size(): number {
    return this.values().length
  }

  get(id: string): T | undefined {
    return this.#slots.get(id)?.record
  }

  has(id: string): boolean {
    return this.get(id) !== undefined
  }

  /** Every record, in no order that callers may rely on. */
  values(): T[] {
    const records: T[] = []
    for (const { record } of this.#slots.values()) if (record !== undefined) records.push(record)
    return records
  }

  /** Entries under the prefix that are no records; nothing is done with them but telling. */
  quarantined(): readonly Quarantined[] {
    return this.#quarantined
  }

  async put(record: T, durability: Durability): Promise<void> {
    await commitTogether(this.#store, [this.putting(record)], durability)
  }

  /** Deletes a record; a missing one is success. */
  async delete(id: string, durability: Durability): Promise<void> {
    if (!this.#slots.has(id)) return
    await commitTogether(this.#store, [this.deleting(id)], durability)
  }

  /** Prepares a put for `commitTogether`, which must follow. */
  putting(record: T): Write {
    return this.#writing(record.id, record, { put: this.#prefix + record.id, value: record })
  }

  /** Prepares a delete for `commitTogether`, which must follow. */
  deleting(id: string): Write {
    return this.#writing(id, undefined, { delete: this.#prefix + id })
  }

  #writing(id: string, record: T | undefined, change: Change): Write {
    const slot = this.#slots.get(id) ?? { record: undefined, revision: -1n, pending: 0 }
    this.#slots.set(id, slot)
    slot.pending += 1
    return {
      change,
      settle: (revision) => {
        slot.pending -= 1
        if (revision !== undefined && revision > slot.revision) {
          slot.record = record
          slot.revision = revision
        }
        if (slot.record === undefined && slot.pending === 0) this.#slots.delete(id)
      },
    }
  }

  #take(entry: Entry, check: ((value: unknown) => string | undefined) | undefined): void {
    const reason = this.#flaw(entry) ?? check?.(entry.value)
    if (reason !== undefined) {
      this.#quarantined.push({ key: entry.key, value: entry.value, reason })
      return
    }
    const record = entry.value as T
    this.#slots.set(record.id, { record, revision: BigInt(entry.revision), pending: 0 })
  }

  #flaw({ key, value }: Entry): string | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'the value is no object'
    const id = (value as { id?: unknown }).id
    return this.#prefix + String(id) === key ? undefined : `the id ${JSON.stringify(id)} does not belong to the key`
  }
}
