import type { ContainerRecord, EndpointRecord } from '../containers/container-record.ts'
import type { NetworkStore } from './network-store.ts'

/** The way out of those that a container has now. */
export function currentGateway(record: ContainerRecord, networks: NetworkStore): EndpointRecord | undefined {
  return chooseGateway(
    record.endpoints.filter(({ live }) => live !== undefined),
    networks,
  )
}

/** The way out: highest priority first, then the order of connection; an internal network is none. */
export function chooseGateway(
  endpoints: readonly EndpointRecord[],
  networks: NetworkStore,
): EndpointRecord | undefined {
  const priority = (endpoint: EndpointRecord) => endpoint.spec.gatewayPriority ?? 0
  return endpoints
    .filter(({ networkId }) => mayBeGateway(networkId, networks))
    .sort((a, b) => priority(b) - priority(a))[0]
}

export function mayBeGateway(networkId: string, networks: NetworkStore): boolean {
  return networks.get(networkId)?.spec.internal !== true
}
