import type { Implementation, stateStore } from '@moby/contracts'

/** That a step was made before, and which image it gave. */
export interface CacheRecord {
  readonly key: string
  readonly image: string
  readonly parent?: string | undefined
  /** The step, as the history tells it. */
  readonly description: string
  /** RFC 3339. */
  readonly createdAt: string
  readonly lastUsedAt?: string | undefined
  readonly usageCount: number
}

const prefix = 'build-cache/'

/** Records of steps by their key: in memory, and in the state store so that they outlast the engine. */
export class CacheRecords {
  readonly #store: Implementation<typeof stateStore>
  readonly #now: () => string
  readonly #records = new Map<string, CacheRecord>()

  private constructor(store: Implementation<typeof stateStore>, now: () => string) {
    this.#store = store
    this.#now = now
  }

  static async load(
    store: Implementation<typeof stateStore>,
    now = () => new Date().toISOString(),
  ): Promise<CacheRecords> {
    const records = new CacheRecords(store, now)
    let after: string | undefined
    for (;;) {
      const page = await store.list({ prefix, limit: 1000, ...(after === undefined ? {} : { after }) })
      for (const { key, value } of page.entries) {
        const record = value as CacheRecord
        if (`${prefix}${record?.key}` === key) records.#records.set(record.key, record)
      }
      after = page.entries.at(-1)?.key
      if (!page.more || after === undefined) return records
    }
  }

  get(key: string): CacheRecord | undefined {
    return this.#records.get(key)
  }

  values(): CacheRecord[] {
    return [...this.#records.values()]
  }

  async put(record: Pick<CacheRecord, 'key' | 'image' | 'parent' | 'description'>): Promise<void> {
    const description = record.description.slice(0, 1000)
    await this.#write({ ...record, description, createdAt: this.#now(), usageCount: 0 })
  }

  async touch(key: string): Promise<void> {
    const record = this.#records.get(key)
    if (record === undefined) return
    await this.#write({ ...record, lastUsedAt: this.#now(), usageCount: record.usageCount + 1 })
  }

  async delete(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return
    const changes = keys.map((key) => ({ delete: prefix + key }))
    await this.#store.commit({ changes, durability: 'process' })
    for (const key of keys) this.#records.delete(key)
  }

  async #write(record: CacheRecord): Promise<void> {
    const value = Object.fromEntries(Object.entries(record).filter(([, each]) => each !== undefined))
    await this.#store.commit({ changes: [{ put: prefix + record.key, value }], durability: 'process' })
    this.#records.set(record.key, record)
  }
}
