import {
  codedError,
  implement,
  networkIpam,
  type Implementation,
  type Logger,
  type RequestOf,
  type ResponseOf,
  type stateStore,
} from '@moby/contracts'
import { AddressPool } from './address-pool.ts'
import { dockerPools, findFreePool, type PoolSource } from './default-pools.ts'
import { PrivatePrefix } from './private-prefix.ts'
import { contains, coverPrefix, overlap, prefixText, readPrefix, type Prefix } from './prefix.ts'

const spaces = { local: 'LocalDefault', global: 'GlobalDefault' } as const
const gatewayKind = 'com.docker.network.gateway'

interface Pool {
  readonly addressSpace: string
  readonly addresses: AddressPool
}

/**
 * Pools and addresses of this host, in memory alone. The records of networks and endpoints are the one truth: after a
 * restart their holder asks for them again, so that nothing stays taken that an engine died over.
 */
export class PoolDriver {
  readonly api: Implementation<typeof networkIpam>
  readonly #privatePrefix: PrivatePrefix
  readonly #sources: readonly PoolSource[]
  readonly #log: Pick<Logger, 'warn'> | undefined
  readonly #pools = new Map<string, Pool>()

  private constructor(
    privatePrefix: PrivatePrefix,
    sources: readonly PoolSource[],
    log: Pick<Logger, 'warn'> | undefined,
  ) {
    this.#privatePrefix = privatePrefix
    this.#sources = sources
    this.#log = log
    this.api = implement(networkIpam, {
      capabilities: async () => ({ requiresMacAddress: false, requiresRequestReplay: true }),
      defaultAddressSpaces: async () => ({ ...spaces }),
      requestPool: (request) => this.#requestPool(request),
      releasePool: (request) => this.#releasePool(request),
      requestAddress: (request) => this.#requestAddress(request),
      releaseAddress: (request) => this.#releaseAddress(request),
    })
  }

  /** `sources` replace Docker's predefined pools; `log` is told of options that do nothing. */
  static async open(
    store: Implementation<typeof stateStore>,
    { sources = dockerPools, log }: { sources?: readonly PoolSource[] | undefined; log?: Pick<Logger, 'warn'> } = {},
  ): Promise<PoolDriver> {
    for (const { base, size } of sources) {
      const { length, bits } = readPrefix(base)
      if (size >= length && size <= bits) continue
      throw codedError('POOL_INVALID', `The pools of ${base} cannot have the prefix length ${size}`, {
        hint: `Choose a size from ${length} to ${bits}.`,
      })
    }
    return new PoolDriver(await PrivatePrefix.open(store), sources, log)
  }

  async #requestPool(
    request: RequestOf<typeof networkIpam, 'requestPool'>,
  ): Promise<ResponseOf<typeof networkIpam, 'requestPool'>> {
    const { addressSpace, v6, options } = request
    if (addressSpace !== spaces.local && addressSpace !== spaces.global) {
      throw codedError('POOL_INVALID', `There is no address space ${addressSpace}`)
    }
    const names = Object.keys(options)
    // Docker's own driver takes any: files for Compose have some that were meant for others.
    if (names.length > 0) {
      this.#log?.warn('The driver of addresses has no options; what the network was given is passed over.', { names })
    }
    const sources = request.pool === undefined ? await this.#sourcesOf(v6) : []
    // From here on nothing is awaited: two requests at once would find the same pool free.
    const taken = [...this.#pools.values()]
      .filter((pool) => pool.addressSpace === addressSpace)
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
    const poolId = [addressSpace, pool, ...(range === undefined ? [] : [prefixText(range)])].join('/')
    this.#pools.set(poolId, { addressSpace, addresses: new AddressPool(prefix, range) })
    return { poolId, pool, data: {} }
  }

  async #releasePool({ poolId }: RequestOf<typeof networkIpam, 'releasePool'>): Promise<Record<string, never>> {
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
    return { address: `${address}/${addresses.prefix.length}`, data: {} }
  }

  async #releaseAddress({
    poolId,
    address,
  }: RequestOf<typeof networkIpam, 'releaseAddress'>): Promise<Record<string, never>> {
    this.#pools.get(poolId)?.addresses.release(address)
    return {}
  }

  /** Where free pools are looked for: Docker's for IPv4, a private prefix of this host (RFC 4193) for IPv6. */
  async #sourcesOf(v6: boolean): Promise<readonly PoolSource[]> {
    const own = v6 && !this.#sources.some((source) => source.base.includes(':'))
    return own ? [{ base: await this.#privatePrefix.get(), size: 64 }] : this.#sources
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
