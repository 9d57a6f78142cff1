import { codedError, isCodedError, type Implementation, type networkDriver, type NetworkSpec } from '@moby/contracts'
import { bridgeSpec } from './bridge-config.ts'
import { isConfiguration } from './configuration-networks.ts'
import { makeNetwork } from './create-network.ts'
import { createNetworkRequest } from './driver-request.ts'
import type { NetworkContext } from './network-context.ts'
import type { NetworkRecord } from './network-record.ts'
import { finishRemoval } from './remove-network.ts'
import { settleBridge } from './settle-bridge.ts'

type NetworkDriver = Implementation<typeof networkDriver>

/** Names of the networks that every engine has, and their drivers. */
const predefined = [
  { name: 'bridge', driver: 'bridge' },
  { name: 'host', driver: 'host' },
  { name: 'none', driver: 'null' },
] as const

/**
 * Puts every network in place when the engine starts: what a reboot took is made again, and predefined networks are
 * made at the first start. One that fails is told and left.
 */
export async function restoreNetworks(context: NetworkContext): Promise<void> {
  // First, and for removals that were cut short as well: until those are finished, nobody else gets their subnets.
  for (const network of context.store.table.values()) {
    try {
      await replayAddresses(context, network)
    } catch (error) {
      context.log.error('the addresses of a network were not reserved', {
        network: network.name,
        error: describe(error),
      })
    }
  }
  await settleBridge(context)
  for (const network of context.store.list()) {
    try {
      await restore(context, network)
    } catch (error) {
      context.log.error('a network was not restored', { network: network.name, error: describe(error) })
    }
  }
  for (const { name, driver } of predefined) {
    if (context.store.byName(name) !== undefined || !context.drivers.has(driver)) continue
    try {
      await makeNetwork(context, { spec: specOf(context, name), driver, predefined: true })
    } catch (error) {
      context.log.error('a predefined network was not made', { network: name, error: describe(error) })
    }
  }
}

/** Tells a network driver that came back of its networks, and of the names on them. */
export async function restoreDriver(context: NetworkContext, name: string, driver: NetworkDriver): Promise<void> {
  for (const network of context.store.list().filter((each) => each.driver === name && !isConfiguration(each))) {
    try {
      await driver.createNetwork(createNetworkRequest(network))
    } catch (error) {
      context.log.error('a network was not restored', { network: network.name, error: describe(error) })
    }
  }
}

/** Clears removals and creations that were cut short, once no container is left with an endpoint on them. */
export async function finishNetworks(context: NetworkContext): Promise<void> {
  for (const network of context.store.table.values()) {
    if (network.status === 'ready' || context.locks.isHeld(`name:${network.name}`)) continue
    try {
      await context.locks.run(`name:${network.name}`, () => finishRemoval(context, network))
    } catch (error) {
      context.log.warn('what is left of a network was not removed', { network: network.name, error: describe(error) })
    }
  }
}

async function restore(context: NetworkContext, network: NetworkRecord): Promise<void> {
  if (isConfiguration(network)) return
  if (!context.drivers.has(network.driver)) {
    throw codedError('DRIVER_AWAY', `network ${network.name} waits for network.driver driver "${network.driver}"`)
  }
  await context.drivers.get(network.driver).createNetwork(createNetworkRequest(network))
}

/** For IPAM drivers that forget: pools, gateways and the addresses of live endpoints are asked for again. */
async function replayAddresses(context: NetworkContext, network: NetworkRecord): Promise<void> {
  if (network.pools.length === 0) return
  const ipam = context.ipam.get(network.ipamDriver)
  const { requiresRequestReplay } = await ipam.capabilities({})
  if (!requiresRequestReplay) return
  for (const pool of network.pools) {
    const { addressSpace, pool: prefix, gateway, auxAddresses } = pool.data
    const { poolId } = await ipam.requestPool({
      addressSpace,
      pool: prefix,
      ...(pool.range === undefined ? {} : { subPool: pool.range }),
      options: { ...network.spec.ipamOptions },
      v6: pool.version === 6,
    })
    const addresses = [
      ...(gateway === undefined || !pool.gatewayReserved ? [] : [gateway]),
      ...Object.values(auxAddresses ?? {}),
      ...liveAddresses(context, network.id, pool.poolId),
    ]
    for (const address of addresses) {
      await ipam.requestAddress({ poolId, address: address.split('/')[0] ?? '', options: {} })
    }
  }
}

function liveAddresses({ containers }: NetworkContext, networkId: string, poolId: string): string[] {
  return containers.all().flatMap(({ endpoints }) =>
    endpoints.flatMap(({ networkId: id, live }) => {
      if (id !== networkId || live === undefined) return []
      return [
        ...(live.poolId === poolId ? [live.address] : []),
        ...(live.poolIdIpv6 === poolId ? [live.addressIpv6] : []),
      ].filter((address) => address !== '')
    }),
  )
}

function specOf({ bridge }: NetworkContext, name: string): NetworkSpec {
  return name === 'bridge' ? bridgeSpec(bridge) : { name }
}

function describe(error: unknown): string {
  return isCodedError(error) ? `${error.code}: ${error.message}` : String(error)
}
