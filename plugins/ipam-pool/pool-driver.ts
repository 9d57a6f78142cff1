import { randomBytes } from 'node:crypto'
import {
  codedError,
  implement,
  networkIpam,
  type Implementation,
  type RequestOf,
  type ResponseOf,
  type stateStore,
} from '@moby/contracts'
import { addressText } from '@moby/lib-linux/address'
import { AddressPool } from './address-pool.ts'
import { dockerPools, findFreePool, type PoolSource } from './default-pools.ts'
import { PoolState, type PoolRecord } from './pool-state.ts'
import { contains, coverPrefix, overlap, prefixText, readPrefix, type Prefix } from './prefix.ts'

const spaces = { local: 'LocalDefault', global: 'GlobalDefault' } as const
const gatewayKind = 'com.docker.network.gateway'

interface Pool {
  readonly record: PoolRecord
  readonly addresses: AddressPool
}

/** Pools and addresses of this host, in memory, with every change written to the state store. */
export class PoolDriver {
  readonly api: Implementation<typeof networkIpam>
  readonly #state: PoolState
  readonly #sources: readonly PoolSource[]
  readonly #pools = new Map<string, Pool>()
  #privatePrefix: string | undefined

  private constructor(state: PoolState, sources: readonly PoolSource[]) {
    this.#state = state
    this.#sources = sources
    this.api = implement(networkIpam, {
      capabilities: async () => ({ requiresMacAddress: false, requiresRequestReplay: false }),
      defaultAddressSpaces: async () => ({ ...spaces }),
      requestPool: (request) => this.#requestPool(request),
      releasePool: (request) => this.#releasePool(request),
      requestAddress: (request) => this.#requestAddress(request),
      releaseAddress: (request) => this.#releaseAddress(request),
    })
  }

  /** Reads back what was reserved. `sources` replace Docker's predefined pools. */
  static async open(
    store: Implementation<typeof stateStore>,
    sources: readonly PoolSource[] = dockerPools,
  ): Promise<PoolDriver> {
    for (const { base, size } of sources) {
      const { length, bits } = readPrefix(base)
      if (size >= length && size <= bits) continue
      throw codedError('POOL_INVALID', `The pools of ${base} cannot have the prefix length ${size}`, {
        hint: `Choose a size from ${length} to ${bits}.`,
      })
    }
    const driver = new PoolDriver(new PoolState(store), sources)
    await driver.#load()
    return driver
  }

  async #load(): Promise<void> {
    const { pools, addresses, privatePrefix } = await this.#state.load()
    this.#privatePrefix = privatePrefix
    for (const record of pools) this.#remember(record)
    for (const { poolId, address } of addresses) this.#pools.get(poolId)?.addresses.restore(address)
  }

  async #requestPool(
    request: RequestOf<typeof networkIpam, 'requestPool'>,
  ): Promise<ResponseOf<typeof networkIpam, 'requestPool'>> {
    const { addressSpace, v6, options } = request
    if (addressSpace !== spaces.local && addressSpace !== spaces.global) {
      throw codedError('POOL_INVALID', `There is no address space ${addressSpace}`)
    }
    const [option] = Object.keys(options)
    if (option !== undefined) throw codedError('POOL_INVALID', `The IPAM driver has no option ${option}`)
    const sources = request.pool === undefined ? await this.#sourcesOf(v6) : []
    // From here to #remember nothing is awaited: two requests at once would find the same pool free.
    const taken = [...this.#pools.values()]
      .filter((pool) => pool.record.addressSpace === addressSpace)
      .map((pool) => pool.addresses.prefix)
    const prefix =
      request.pool === undefined
        ? choose(sources, v6, [...taken, ...(request.avoid ?? []).map(coverPrefix)])
        : checkFree(readPrefix(request.pool), taken)
    if (prefix.bits !== (v6 ? 128 : 32)) {
      throw codedError('POOL_INVALID', `invalid subnet ${prefixText(prefix)}: an IPv${v6 ? 6 : 4} subnet was asked for`)
    }
    const range = request.subPool === undefined ? undefined : readSubPool(request.subPool, request.pool, prefix)
    const pool = prefixText(prefix)
    const subPool = range === undefined ? undefined : prefixText(range)
    const record: PoolRecord = {
      poolId: [addressSpace, pool, ...(subPool === undefined ? [] : [subPool])].join('/'),
      addressSpace,
      pool,
      ...(subPool === undefined ? {} : { subPool }),
    }
    this.#remember(record)
    try {
      await this.#state.putPool(record)
    } catch (error) {
      this.#pools.delete(record.poolId)
      throw error
    }
    return { poolId: record.poolId, pool, data: {} }
  }

  async #releasePool({ poolId }: RequestOf<typeof networkIpam, 'releasePool'>): Promise<Record<string, never>> {
    if (!this.#pools.has(poolId)) return {}
    await this.#state.deletePool(poolId)
    this.#pools.delete(poolId)
    return {}
  }

  async #requestAddress(
    request: RequestOf<typeof networkIpam, 'requestAddress'>,
  ): Promise<ResponseOf<typeof networkIpam, 'requestAddress'>> {
    const { poolId, options } = request
    const pool = this.#pools.get(poolId)
    if (pool === undefined) throw codedError('POOL_NOT_FOUND', `There is no address pool ${poolId}`)
    const kind = options['RequestAddressType']
    if (kind !== undefined && kind !== gatewayKind) {
      throw codedError('ADDRESS_INVALID', `The IPAM driver has no addresses of the type ${kind}`)
    }
    const { addresses } = pool
    const address =
      request.address === undefined || request.address === ''
        ? addresses.take()
        : addresses.takeExactly(request.address)
    try {
      await this.#state.putAddress({ poolId, address })
    } catch (error) {
      addresses.release(address)
      throw error
    }
    return { address: `${address}/${addresses.prefix.length}`, data: {} }
  }

  async #releaseAddress({
    poolId,
    address,
  }: RequestOf<typeof networkIpam, 'releaseAddress'>): Promise<Record<string, never>> {
    const pool = this.#pools.get(poolId)
    if (pool === undefined || !pool.addresses.has(address)) return {}
    // The key is written in the canonical text, which IPv6 has many forms of.
    await this.#state.deleteAddress({ poolId, address: pool.addresses.textOf(address) })
    pool.addresses.release(address)
    return {}
  }

  /** Where free pools are looked for: Docker's for IPv4, a private prefix of this host (RFC 4193) for IPv6. */
  async #sourcesOf(v6: boolean): Promise<readonly PoolSource[]> {
    const own = v6 && !this.#sources.some((source) => source.base.includes(':'))
    return own ? [{ base: await this.#ownPrefix(), size: 64 }] : this.#sources
  }

  async #ownPrefix(): Promise<string> {
    if (this.#privatePrefix !== undefined) return this.#privatePrefix
    const bytes = Buffer.concat([Buffer.of(0xfd), randomBytes(5), Buffer.alloc(10)])
    this.#privatePrefix = `${addressText(bytes)}/48`
    await this.#state.putPrivatePrefix(this.#privatePrefix)
    return this.#privatePrefix
  }

  #remember(record: PoolRecord): void {
    const range = record.subPool === undefined ? undefined : readPrefix(record.subPool)
    this.#pools.set(record.poolId, { record, addresses: new AddressPool(readPrefix(record.pool), range) })
  }
}

function choose(sources: readonly PoolSource[], v6: boolean, taken: readonly Prefix[]): Prefix {
  const found = findFreePool(sources, v6 ? 128 : 32, taken)
  if (found !== undefined) return found
  throw codedError('POOLS_EXHAUSTED', 'all predefined address pools have been fully subnetted', {
    hint: 'Remove networks that are not used, or name a subnet.',
  })
}

function checkFree(prefix: Prefix, taken: readonly Prefix[]): Prefix {
  const other = taken.find((pool) => overlap(pool, prefix))
  if (other === undefined) return prefix
  throw codedError(
    'POOL_OVERLAPS',
    `Pool overlaps with other one on this address space: ${prefixText(prefix)} and ${prefixText(other)}`,
    {
      hint: 'Choose another subnet, or none at all.',
      details: { pool: prefixText(prefix), other: prefixText(other) },
    },
  )
}

function readSubPool(text: string, pool: string | undefined, prefix: Prefix): Prefix {
  const range = readPrefix(text)
  if (pool !== undefined && contains(prefix, range)) return range
  throw codedError('POOL_INVALID', `invalid ip-range ${text}: it is no part of the subnet ${pool ?? '(none given)'}`)
}
