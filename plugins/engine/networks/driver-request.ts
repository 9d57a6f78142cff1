import type { networkDriver, RequestOf } from '@moby/contracts'
import type { NetworkRecord } from './network-record.ts'

/** The request that makes a network at its driver, and puts back what is missing when it is repeated. */
export function createNetworkRequest(network: NetworkRecord): RequestOf<typeof networkDriver, 'createNetwork'> {
  const dataOf = (version: 4 | 6) => network.pools.filter((pool) => pool.version === version).map((pool) => pool.data)
  return {
    networkId: network.id,
    name: network.name,
    options: {
      ...network.spec.options,
      ...(network.predefined && network.name === 'bridge'
        ? { 'com.docker.network.bridge.default_bridge': 'true' }
        : {}),
    },
    internal: network.spec.internal === true,
    enableIpv4: network.enableIpv4,
    enableIpv6: network.enableIpv6,
    ipv4: dataOf(4),
    ipv6: dataOf(6),
  }
}
