import { isDeepStrictEqual } from 'node:util'
import { Undo } from '../concurrency/undo.ts'
import { bridgeSpec } from './bridge-config.ts'
import { createNetworkRequest } from './driver-request.ts'
import type { NetworkContext } from './network-context.ts'
import type { NetworkRecord } from './network-record.ts'
import { reservePools } from './pools.ts'

/**
 * Makes the predefined bridge anew, under its id, when the configuration says something else of it than when it was made.
 * While containers are on it, it stays as it is, and the log says so. Fails as the creation of a network, and leaves the
 * record of the old one then: what was asked for cannot be.
 */
export async function settleBridge(context: NetworkContext): Promise<void> {
  const network = context.store.byName('bridge')
  const spec = bridgeSpec(context.bridge)
  if (network?.predefined !== true || isDeepStrictEqual(network.spec, spec)) return
  // A driver that is away gets the network as it is when it comes back.
  if (!context.drivers.has(network.driver)) return
  const driver = context.drivers.get(network.driver)
  const users = context.containers
    .all()
    .filter(({ endpoints }) => endpoints.some(({ networkId, live }) => networkId === network.id && live !== undefined))
  if (users.length > 0) {
    context.log.warn('the network bridge takes its new configuration at a start without containers on it', {
      containers: users.map(({ name }) => name),
    })
    return
  }
  await driver.deleteNetwork({ networkId: network.id })
  for (const { poolId } of network.pools) await context.ipam.get(network.ipamDriver).releasePool({ poolId })
  const undo = new Undo()
  try {
    const draft = { ...network, spec, enableIpv6: spec.enableIpv6 ?? false }
    // The address of the bridge is the way out of its containers, in each mode that the configuration can ask for.
    const gateways = { skipIpv4: false, skipIpv6: false }
    const wish = { ...draft, ...gateways, avoid: context.links.hostPrefixes() }
    const pools = await reservePools(context.ipam, wish, undo)
    const next: NetworkRecord = { ...draft, pools }
    undo.add(() => driver.deleteNetwork({ networkId: network.id }))
    await driver.createNetwork(createNetworkRequest(next))
    await context.store.table.put(next, 'power-loss')
  } catch (error) {
    await undo.run((failure) => context.log.warn('a network was not undone', { error: String(failure) }))
    throw error
  }
}
