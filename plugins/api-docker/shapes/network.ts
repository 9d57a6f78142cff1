import type { Network } from '@moby/contracts'

/** A network of inspect; lists carry it with no containers. */
export function networkShape(network: Network, withContainers: boolean): Record<string, unknown> {
  const containers = withContainers ? network.containers : []
  return {
    Name: network.name,
    Id: network.id,
    Created: network.createdAt,
    Scope: network.scope,
    Driver: network.driver,
    EnableIPv4: network.enableIpv4,
    EnableIPv6: network.enableIpv6,
    IPAM: {
      Driver: network.ipamDriver,
      Options: network.ipamOptions ?? null,
      Config: network.ipam.length === 0 ? null : network.ipam.map(poolShape),
    },
    Internal: network.internal,
    Attachable: network.attachable,
    Ingress: false,
    ConfigFrom: { Network: network.configFrom ?? '' },
    ConfigOnly: network.configOnly ?? false,
    Containers: Object.fromEntries(
      containers.map((container) => [
        container.id,
        {
          Name: container.name,
          EndpointID: container.endpointId,
          MacAddress: container.macAddress,
          IPv4Address: container.address,
          IPv6Address: container.addressIpv6,
        },
      ]),
    ),
    Options: network.options,
    Labels: network.labels,
  }
}

function poolShape(pool: Network['ipam'][number]): Record<string, unknown> {
  return {
    ...(pool.subnet === undefined ? {} : { Subnet: pool.subnet }),
    ...(pool.range === undefined ? {} : { IPRange: pool.range }),
    ...(pool.gateway === undefined ? {} : { Gateway: pool.gateway }),
    ...(pool.auxAddresses === undefined ? {} : { AuxiliaryAddresses: pool.auxAddresses }),
  }
}
