import type { Change, Entry, Implementation, stateStore } from '@moby/contracts'

export interface PoolRecord {
  readonly poolId: string
  readonly addressSpace: string
  readonly pool: string
  readonly subPool?: string
}

interface AddressRecord {
  readonly poolId: string
  readonly address: string
}

const poolsPrefix = 'ipam/pools/'
const addressesPrefix = 'ipam/addresses/'
const privatePrefixKey = 'ipam/private-prefix'
/** What one batch of the store may hold. */
const batchLimit = 10_000

/** Pools and addresses in the state store: one key each, so that a change writes little. */
export class PoolState {
  readonly #store: Implementation<typeof stateStore>

  constructor(store: Implementation<typeof stateStore>) {
    this.#store = store
  }

  /** Everything that is kept; addresses in the order in which they were reserved. */
  async load(): Promise<{ pools: PoolRecord[]; addresses: AddressRecord[]; privatePrefix: string | undefined }> {
    const pools = (await this.#list(poolsPrefix)).map((entry) => entry.value).filter(isPool)
    const entries = await this.#list(addressesPrefix)
    entries.sort((a, b) => Number(BigInt(a.revision) - BigInt(b.revision)))
    const { entry } = await this.#store.get({ key: privatePrefixKey })
    return {
      pools,
      addresses: entries.map((found) => found.value).filter(isAddress),
      privatePrefix: typeof entry?.value === 'string' ? entry.value : undefined,
    }
  }

  async putPool(pool: PoolRecord): Promise<void> {
    await this.#commit([{ put: `${poolsPrefix}${pool.poolId}`, value: pool }], 'power-loss')
  }

  /** Removes a pool and all its addresses. */
  async deletePool(poolId: string): Promise<void> {
    const addresses = await this.#list(`${addressesPrefix}${poolId}/`)
    const own = addresses.filter((entry) => isAddress(entry.value) && entry.value.poolId === poolId)
    const changes: Change[] = own.map((entry) => ({ delete: entry.key }))
    changes.push({ delete: `${poolsPrefix}${poolId}` })
    for (let at = 0; at < changes.length; at += batchLimit) {
      await this.#commit(changes.slice(at, at + batchLimit), 'power-loss')
    }
  }

  async putAddress(record: AddressRecord): Promise<void> {
    await this.#commit([{ put: addressKey(record), value: record }], 'process')
  }

  async deleteAddress(record: AddressRecord): Promise<void> {
    await this.#commit([{ delete: addressKey(record) }], 'process')
  }

  async putPrivatePrefix(prefix: string): Promise<void> {
    await this.#commit([{ put: privatePrefixKey, value: prefix }], 'power-loss')
  }

  async #commit(changes: Change[], durability: 'power-loss' | 'process'): Promise<void> {
    await this.#store.commit({ changes, durability })
  }

  async #list(prefix: string): Promise<Entry[]> {
    const found: Entry[] = []
    for (let after: string | undefined; ;) {
      const page = await this.#store.list({ prefix, limit: batchLimit, ...(after === undefined ? {} : { after }) })
      found.push(...page.entries)
      after = page.entries.at(-1)?.key
      if (!page.more || after === undefined) return found
    }
  }
}

function addressKey({ poolId, address }: AddressRecord): string {
  return `${addressesPrefix}${poolId}/${address}`
}

function isAddress(value: unknown): value is AddressRecord {
  return hasTexts(value, 'poolId', 'address')
}

function isPool(value: unknown): value is PoolRecord {
  return hasTexts(value, 'poolId', 'addressSpace', 'pool')
}

function hasTexts(value: unknown, ...keys: string[]): boolean {
  return typeof value === 'object' && value !== null && keys.every((key) => typeof Reflect.get(value, key) === 'string')
}
