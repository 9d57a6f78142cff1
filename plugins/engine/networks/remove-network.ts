import { codedError } from '@moby/contracts'
import { isConfiguration, refuseUsedConfiguration } from './configuration-networks.ts'
import type { NetworkContext } from './network-context.ts'
import type { NetworkRecord } from './network-record.ts'

/** Removes a network that no running container is on. Fails with NETWORK_PREDEFINED, NETWORK_IN_USE. */
export async function removeNetwork(context: NetworkContext, ref: string): Promise<void> {
  const { id, name, predefined } = context.store.find(ref)
  if (predefined) {
    throw codedError('NETWORK_PREDEFINED', `${name} is a pre-defined network and cannot be removed`)
  }
  await context.locks.run(`name:${name}`, async () => {
    const network = context.store.get(id)
    if (network === undefined) throw codedError('NETWORK_NOT_KNOWN', `network ${ref} not found`)
    await context.store.claim(async () => {
      refuseActive(context, network)
      refuseUsedConfiguration(context.store, network)
      await context.store.table.put({ ...network, status: 'removing' }, 'process')
    })
    try {
      await finishRemoval(context, network)
    } catch (error) {
      await context.store.table.put(network, 'process')
      throw error
    }
  })
}

/** Does what is left of a removal; also after a crash in the middle of one, or of a creation. */
export async function finishRemoval(context: NetworkContext, network: NetworkRecord): Promise<void> {
  if (!isConfiguration(network)) await context.drivers.get(network.driver).deleteNetwork({ networkId: network.id })
  for (const { poolId } of network.pools) await context.ipam.get(network.ipamDriver).releasePool({ poolId })
  await context.store.table.delete(network.id, 'power-loss')
  context.events.publish('network', 'destroy', network.id, { name: network.name, type: network.driver })
}

function refuseActive(context: NetworkContext, { id, name }: NetworkRecord): void {
  const active = activeEndpoints(context, id)
  if (active.length === 0) return
  throw codedError(
    'NETWORK_IN_USE',
    `error while removing network: network ${name} has active endpoints (${active.join(', ')})`,
    { hint: 'Stop or disconnect these containers first.', details: { containers: active } },
  )
}

function activeEndpoints(context: NetworkContext, id: string): string[] {
  return context.containers
    .all()
    .flatMap((container) =>
      container.endpoints
        .filter(({ networkId, live }) => networkId === id && live !== undefined)
        .map(({ live }) => `name:"${container.name}" id:"${live?.endpointId.slice(0, 12)}"`),
    )
}
