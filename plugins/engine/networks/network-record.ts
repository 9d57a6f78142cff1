import type { IpamData, NetworkSpec } from '@moby/contracts'

/** One address pool of a network, as the IPAM driver gave it. */
export interface PoolRecord {
  readonly version: 4 | 6
  readonly poolId: string
  readonly data: IpamData
  /** What the user wrote, shown again by `inspect`. */
  readonly range?: string | undefined
  /** True when the gateway address is reserved at the IPAM driver. */
  readonly gatewayReserved: boolean
}

/** What is kept under `networks/<id>`. */
export interface NetworkRecord {
  readonly id: string
  readonly name: string
  readonly createdAt: string
  readonly predefined: boolean
  readonly driver: string
  readonly scope: 'local' | 'global'
  readonly spec: NetworkSpec
  readonly enableIpv4: boolean
  readonly enableIpv6: boolean
  readonly ipamDriver: string
  readonly pools: readonly PoolRecord[]
  /** `creating` and `removing` mark work that was begun and is undone or finished at the next start. */
  readonly status: 'creating' | 'ready' | 'removing'
}
