import {
  hasCode,
  implement,
  networkIpam,
  type DriverSet,
  type DriverUse,
  type Implementation,
  type NamedDriver,
  type RequestOf,
} from '@moby/contracts'
import { addressFault, ipamLie, plainAddress, poolFault } from './check-ipam.ts'

type Ipam = Implementation<typeof networkIpam>
type PoolRequest = RequestOf<typeof networkIpam, 'requestPool'>

interface Pool {
  readonly request: PoolRequest
  readonly addresses: Set<string>
}

/**
 * Notes which pools and addresses the drivers have given to this engine, so that a driver whose process ended can be
 * asked for the same again. A release is noted before the driver is asked: what is on its way out is not taken again.
 */
export class IpamJournal implements DriverSet<typeof networkIpam> {
  readonly #inner: DriverSet<typeof networkIpam>
  readonly #pools = new Map<string, Map<string, Pool>>()
  readonly #views = new Map<string, { readonly handle: Ipam; readonly view: Ipam }>()

  constructor(inner: DriverSet<typeof networkIpam>) {
    this.#inner = inner
  }

  get(name: string, use?: DriverUse): Ipam {
    return this.#viewOf(name, this.#inner.get(name, use))
  }

  has(name: string, use?: DriverUse): boolean {
    return this.#inner.has(name, use)
  }

  list(use?: DriverUse): readonly NamedDriver<typeof networkIpam>[] {
    return this.#inner.list(use).map((driver) => ({ ...driver, handle: this.#viewOf(driver.name, driver.handle) }))
  }

  /** Asks a driver that forgets for all that it had given. */
  async replay(name: string, driver: Ipam): Promise<void> {
    if (!(await driver.capabilities({})).requiresRequestReplay) return
    for (const [poolId, { request, addresses }] of this.#pools.get(name) ?? []) {
      await driver.requestPool(request)
      for (const address of addresses) {
        await driver.requestAddress({ poolId, address, options: {} }).catch((error: unknown) => {
          if (!hasCode(error, 'ADDRESS_IN_USE')) throw error
        })
      }
    }
  }

  #viewOf(name: string, driver: Ipam): Ipam {
    const known = this.#views.get(name)
    if (known?.handle === driver) return known.view
    const pools = this.#poolsOf(name)
    const view = implement(networkIpam, {
      capabilities: (request, call) => driver.capabilities(request, call),
      defaultAddressSpaces: (request, call) => driver.defaultAddressSpaces(request, call),
      requestPool: async (request, call) => {
        const answer = await driver.requestPool(request, call)
        const fault = poolFault(answer.pool, request.v6)
        if (fault !== undefined) {
          await driver.releasePool({ poolId: answer.poolId }).catch(() => undefined)
          throw ipamLie(name, fault)
        }
        // Next time it is asked for by name: a free one might be another.
        const { avoid: _avoid, ...rest } = request
        pools.set(answer.poolId, { request: { ...rest, pool: answer.pool }, addresses: new Set() })
        return answer
      },
      releasePool: async (request, call) => {
        pools.delete(request.poolId)
        return await driver.releasePool(request, call)
      },
      requestAddress: async (request, call) => {
        const answer = await driver.requestAddress(request, call)
        const pool = pools.get(request.poolId)
        const given = pool?.addresses ?? new Set()
        const fault = addressFault(answer.address, { pool: pool?.request.pool, wanted: request.address, given })
        if (fault !== undefined) {
          const address = answer.address.split('/')[0] ?? ''
          // That of another endpoint stays with that one.
          if (!given.has(address)) {
            await driver.releaseAddress({ poolId: request.poolId, address }).catch(() => undefined)
          }
          throw ipamLie(name, fault)
        }
        given.add(plainAddress(answer.address))
        return answer
      },
      releaseAddress: async (request, call) => {
        pools.get(request.poolId)?.addresses.delete(plainAddress(request.address))
        return await driver.releaseAddress(request, call)
      },
    })
    this.#views.set(name, { handle: driver, view })
    return view
  }

  #poolsOf(name: string): Map<string, Pool> {
    const known = this.#pools.get(name)
    if (known !== undefined) return known
    const made = new Map<string, Pool>()
    this.#pools.set(name, made)
    return made
  }
}
