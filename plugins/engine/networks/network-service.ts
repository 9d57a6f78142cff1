import { codedError, engineNetworks, hasCode, implement, type Implementation, type RequestOf } from '@moby/contracts'
import { hasLabel } from '../containers/filter.ts'
import { isConfiguration } from './configuration-networks.ts'
import { createNetwork } from './create-network.ts'
import type { NetworkContext } from './network-context.ts'
import type { NetworkRecord } from './network-record.ts'
import { removeNetwork } from './remove-network.ts'
import { showNetwork } from './show-network.ts'

type ListFilter = NonNullable<RequestOf<typeof engineNetworks, 'list'>['filter']>

/** engine.networks. */
export function createNetworkService(context: NetworkContext): Implementation<typeof engineNetworks> {
  const show = (network: NetworkRecord) => showNetwork(network, context.containers, (name) => context.drivers.has(name))
  return implement(engineNetworks, {
    create: async ({ spec }) => ({ id: (await createNetwork(context, spec)).id, warning: '' }),
    inspect: async ({ ref }) => show(context.store.find(ref)),
    list: async ({ filter = {} }) => ({
      networks: context.store
        .list()
        .filter((network) => matches(context, network, filter))
        .map(show),
    }),
    remove: async ({ ref }) => {
      await removeNetwork(context, ref)
      return {}
    },
    connect: async ({ ref, container, endpoint }) => {
      const network = context.store.find(ref)
      const { id } = context.containers.find(container)
      await context.containerLocks.run(id, async () => {
        refuseDying(context, id)
        await context.networking.connect(id, network, { ...endpoint, network: network.name })
      })
      return {}
    },
    disconnect: async ({ ref, container, force }) => {
      const network = context.store.find(ref)
      try {
        const { id } = context.containers.find(container)
        await context.containerLocks.run(id, () => context.networking.disconnect(id, network))
      } catch (error) {
        if (force !== true || !hasCode(error, 'CONTAINER_NOT_FOUND')) throw error
      }
      return {}
    },
    prune: async (request) => ({ removed: await prune(context, request) }),
  })
}

function refuseDying({ containers }: NetworkContext, id: string): void {
  const { status } = containers.current(id)
  if (status !== 'removing' && status !== 'dead') return
  throw codedError(
    'CONTAINER_STATE',
    `container ${id} is marked for removal and cannot be connected or disconnected to the network`,
  )
}

function matches(context: NetworkContext, network: NetworkRecord, filter: ListFilter): boolean {
  const some = (values: readonly string[] | undefined, test: (value: string) => boolean) =>
    values === undefined || values.length === 0 || values.some(test)
  const isUsed = () => context.containers.ofNetwork(network.id).length > 0
  return (
    some(filter.ids, (id) => network.id.startsWith(id)) &&
    some(filter.names, (name) => network.name.includes(name)) &&
    some(filter.drivers, (driver) => network.driver === driver) &&
    some(filter.scopes, (scope) => network.scope === scope) &&
    some(filter.types, (type) => network.predefined === (type === 'builtin')) &&
    (filter.labels ?? []).every((label) => hasLabel(network.spec.labels ?? {}, label)) &&
    (filter.dangling === undefined || (!network.predefined && isUsed() !== filter.dangling))
  )
}

/** Networks that no container is configured for, running or not, as dockerd prunes them. */
async function prune(context: NetworkContext, request: RequestOf<typeof engineNetworks, 'prune'>): Promise<string[]> {
  const limit = request.createdBefore === undefined ? Number.POSITIVE_INFINITY : Date.parse(request.createdBefore)
  const removed: string[] = []
  for (const network of context.store.list()) {
    const labels = network.spec.labels ?? {}
    const isWanted =
      !network.predefined &&
      !isConfiguration(network) &&
      Date.parse(network.createdAt) < limit &&
      (request.labels ?? []).every((label) => hasLabel(labels, label)) &&
      !(request.notLabels ?? []).some((label) => hasLabel(labels, label))
    if (!isWanted || context.containers.ofNetwork(network.id).length > 0) continue
    try {
      await removeNetwork(context, network.id)
      removed.push(network.name)
    } catch (error) {
      context.log.warn('a network was not pruned', { network: network.name, error: String(error) })
    }
  }
  context.events.publish('network', 'prune', '', { reclaimed: '0' })
  return removed
}
