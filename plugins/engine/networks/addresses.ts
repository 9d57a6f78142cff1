import type { DriverSet, EndpointSpec, networkIpam } from '@moby/contracts'
import { codedError } from '@moby/contracts'
import type { NetworkRecord, PoolRecord } from './network-record.ts'

export interface ReservedAddress {
  readonly poolId: string
  /** With prefix length. */
  readonly address: string
}

/** Reserves one address of each family that the network has; what was reserved is given back when one fails. */
export async function reserveAddresses(
  ipam: DriverSet<typeof networkIpam>,
  network: NetworkRecord,
  wish: Pick<EndpointSpec, 'ipv4Address' | 'ipv6Address' | 'macAddress'>,
): Promise<{ v4?: ReservedAddress; v6?: ReservedAddress }> {
  const v4 = network.enableIpv4 ? await reserve(ipam, network, 4, wish.ipv4Address, wish.macAddress) : undefined
  try {
    const v6 = network.enableIpv6 ? await reserve(ipam, network, 6, wish.ipv6Address, wish.macAddress) : undefined
    return { ...(v4 === undefined ? {} : { v4 }), ...(v6 === undefined ? {} : { v6 }) }
  } catch (error) {
    if (v4 !== undefined) await releaseAddress(ipam, network, v4)
    throw error
  }
}

export async function releaseAddress(
  ipam: DriverSet<typeof networkIpam>,
  network: NetworkRecord,
  reserved: ReservedAddress,
): Promise<void> {
  await ipam
    .get(network.ipamDriver)
    .releaseAddress({ poolId: reserved.poolId, address: withoutPrefix(reserved.address) })
}

export function withoutPrefix(cidr: string): string {
  return cidr.split('/')[0] ?? ''
}

async function reserve(
  ipam: DriverSet<typeof networkIpam>,
  network: NetworkRecord,
  version: 4 | 6,
  address: string | undefined,
  macAddress: string | undefined,
): Promise<ReservedAddress | undefined> {
  const pools = network.pools.filter((pool) => pool.version === version)
  const options: Record<string, string> =
    macAddress === undefined || macAddress === '' ? {} : { 'com.docker.network.endpoint.macaddress': macAddress }
  let failure: unknown
  for (const pool of pools) {
    try {
      return await reserveIn(ipam, network, pool, address, options)
    } catch (error) {
      failure ??= error
    }
  }
  if (failure !== undefined) throw failure
  return undefined
}

async function reserveIn(
  ipam: DriverSet<typeof networkIpam>,
  network: NetworkRecord,
  pool: PoolRecord,
  address: string | undefined,
  options: Record<string, string>,
): Promise<ReservedAddress> {
  const answer = await ipam.get(network.ipamDriver).requestAddress({
    poolId: pool.poolId,
    ...(address === undefined || address === '' ? {} : { address }),
    options,
  })
  return { poolId: pool.poolId, address: answer.address }
}

/** Docker gives fixed addresses only on networks whose subnet the user chose, so that they stay valid. */
export function checkWish(network: NetworkRecord, wish: Pick<EndpointSpec, 'ipv4Address' | 'ipv6Address'>): void {
  const wishes = [wish.ipv4Address, wish.ipv6Address].filter((address) => address !== undefined && address !== '')
  if (wishes.length === 0) return
  if (network.predefined) {
    throw codedError(
      'CONTAINER_SPEC_INVALID',
      'invalid config for network bridge: user specified IP address is supported on user defined networks only',
    )
  }
  if (!network.spec.ipam?.some((config) => config.subnet !== undefined && config.subnet !== '')) {
    throw codedError(
      'CONTAINER_SPEC_INVALID',
      `invalid config for network ${network.name}: user specified IP address is supported only when connecting to networks with user configured subnets`,
    )
  }
}
