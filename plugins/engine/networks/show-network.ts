import type { Network } from '@moby/contracts'
import type { ContainerStore } from '../containers/container-store.ts'
import { isConfiguration } from './configuration-networks.ts'
import type { NetworkRecord } from './network-record.ts'
import { showPools } from './show-pools.ts'

/** What the engine tells about a network, with the containers that are on it now. */
export function showNetwork(
  network: NetworkRecord,
  containers: Pick<ContainerStore, 'list'>,
  hasDriver: (name: string) => boolean,
): Network {
  const { spec } = network
  return {
    id: network.id,
    name: network.name,
    createdAt: network.createdAt,
    predefined: network.predefined,
    driver: network.driver,
    scope: network.scope,
    internal: spec.internal === true,
    attachable: spec.attachable === true,
    enableIpv4: network.enableIpv4,
    enableIpv6: network.enableIpv6,
    options: { ...spec.options },
    labels: { ...spec.labels },
    ipamDriver: network.ipamDriver,
    ...(spec.ipamOptions === undefined ? {} : { ipamOptions: spec.ipamOptions }),
    ...(spec.configOnly === true ? { configOnly: true } : {}),
    ...(spec.configFrom === undefined ? {} : { configFrom: spec.configFrom }),
    ipam: isConfiguration(network) ? [...(spec.ipam ?? [])] : showPools(network),
    containers: containers.list().flatMap(({ id, name, endpoints }) =>
      endpoints.flatMap(({ networkId, live }) =>
        networkId !== network.id || live === undefined
          ? []
          : [
              {
                id,
                name,
                endpointId: live.endpointId,
                macAddress: live.macAddress,
                address: live.address,
                addressIpv6: live.addressIpv6,
              },
            ],
      ),
    ),
    ...(isConfiguration(network) || hasDriver(network.driver)
      ? {}
      : { waitingFor: `waiting for network.driver driver "${network.driver}"` }),
  }
}
