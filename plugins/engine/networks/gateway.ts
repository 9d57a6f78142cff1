import type { ContainerRecord, EndpointRecord } from '../containers/container-record.ts'
import type { NetworkStore } from './network-store.ts'

/** The way out of those that a container has now. */
export function currentGateway(record: ContainerRecord, networks: NetworkStore): EndpointRecord | undefined {
  return chooseGateway(
    record.endpoints.filter(({ live }) => live !== undefined),
    networks,
  )
}

/** The way out: highest priority first, then the network's name, as dockerd has it; an internal network is none. */
export function chooseGateway(
  endpoints: readonly EndpointRecord[],
  networks: NetworkStore,
): EndpointRecord | undefined {
  return endpoints
    .filter(({ networkId }) => mayBeGateway(networkId, networks))
    .sort((a, b) => compare(a, b, networks))[0]
}

/** Whether an endpoint is the way out in place of the one that is it now. */
export function takesOver(
  endpoint: EndpointRecord,
  current: EndpointRecord | undefined,
  networks: NetworkStore,
): boolean {
  if (!mayBeGateway(endpoint.networkId, networks)) return false
  return current === undefined || compare(endpoint, current, networks) < 0
}

/** In the order in which they would be the way out, those that cannot be it last. */
export function byWayOut(endpoints: readonly EndpointRecord[], networks: NetworkStore): EndpointRecord[] {
  const isLast = ({ networkId }: EndpointRecord) => (mayBeGateway(networkId, networks) ? 0 : 1)
  return endpoints.toSorted((a, b) => isLast(a) - isLast(b) || compare(a, b, networks))
}

/** Negative when the first is the better way out. */
function compare(a: EndpointRecord, b: EndpointRecord, networks: NetworkStore): number {
  const priority = ({ spec }: EndpointRecord) => spec.gatewayPriority ?? 0
  const name = ({ networkId }: EndpointRecord) => networks.get(networkId)?.name ?? ''
  if (priority(a) !== priority(b)) return priority(b) - priority(a)
  return name(a) < name(b) ? -1 : 1
}

export function mayBeGateway(networkId: string, networks: NetworkStore): boolean {
  return networks.get(networkId)?.spec.internal !== true
}
