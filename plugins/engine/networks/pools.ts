import { codedError, type DriverSet, type IpamData, type NetworkSpec, type networkIpam } from '@moby/contracts'
import type { Undo } from '../concurrency/undo.ts'
import type { PoolRecord } from './network-record.ts'

export interface PoolWish {
  readonly spec: NetworkSpec
  readonly ipamDriver: string
  readonly enableIpv4: boolean
  readonly enableIpv6: boolean
  /** Families in which the network has no gateway unless the user names one. */
  readonly skipIpv4: boolean
  readonly skipIpv6: boolean
  /** Prefixes that the host routes already. */
  readonly avoid: readonly string[]
}

type IpamConfig = NonNullable<NetworkSpec['ipam']>[number]

const gatewayOption = { RequestAddressType: 'com.docker.network.gateway' }

/** Reserves the pools of a network with their gateways and auxiliary addresses; `undo` gives all of it back. */
export async function reservePools(
  drivers: DriverSet<typeof networkIpam>,
  wish: PoolWish,
  undo: Undo,
): Promise<PoolRecord[]> {
  const configs = wish.spec.ipam ?? []
  const pools: PoolRecord[] = []
  for (const version of [4, 6] as const) {
    if (!(version === 4 ? wish.enableIpv4 : wish.enableIpv6)) continue
    const own = configs.filter((config) => versionOf(config) === version)
    for (const config of own.length > 0 ? own : [{}])
      pools.push(await reservePool(drivers, wish, version, config, undo))
  }
  return pools
}

async function reservePool(
  drivers: DriverSet<typeof networkIpam>,
  wish: PoolWish,
  version: 4 | 6,
  config: IpamConfig,
  undo: Undo,
): Promise<PoolRecord> {
  const ipam = drivers.get(wish.ipamDriver)
  const { local } = await ipam.defaultAddressSpaces({})
  const { poolId, pool, data } = await ipam.requestPool({
    addressSpace: local,
    ...(config.subnet ? { pool: config.subnet } : { avoid: [...wish.avoid] }),
    ...(config.range ? { subPool: config.range } : {}),
    options: { ...wish.spec.ipamOptions },
    v6: version === 6,
  })
  undo.add(() => ipam.releasePool({ poolId }))
  const given = data['com.docker.network.gateway']
  const isSkipped = !config.gateway && (version === 4 ? wish.skipIpv4 : wish.skipIpv6)
  const isAsked = !isSkipped && (Boolean(config.gateway) || given === undefined)
  const gateway = isAsked
    ? (
        await ipam.requestAddress({
          poolId,
          ...(config.gateway ? { address: config.gateway } : {}),
          options: gatewayOption,
        })
      ).address
    : isSkipped
      ? undefined
      : given
  for (const address of Object.values(config.auxAddresses ?? {})) {
    await ipam.requestAddress({ poolId, address, options: {} })
  }
  const ipamData: IpamData = {
    addressSpace: local,
    pool,
    ...(gateway === undefined ? {} : { gateway }),
    ...(config.auxAddresses === undefined ? {} : { auxAddresses: config.auxAddresses }),
  }
  return {
    version,
    poolId,
    data: ipamData,
    gatewayReserved: isAsked,
    ...(config.range ? { range: config.range } : {}),
  }
}

function versionOf({ subnet, gateway }: IpamConfig): 4 | 6 {
  const text = subnet || gateway || ''
  if (text === '') return 4
  if (subnet !== undefined && subnet !== '' && !subnet.includes('/')) {
    throw codedError('POOL_INVALID', `invalid subnet ${subnet}: it has no prefix length`)
  }
  return text.includes(':') ? 6 : 4
}
