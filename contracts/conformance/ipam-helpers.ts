import type { Implementation } from '../component/contract.ts'
import type { networkIpam } from '../network/index.ts'

export type IpamDriver = Implementation<typeof networkIpam>

/** Reserves a pool in the local space, IPv4 unless something else is asked for. */
export async function requestPool(
  driver: IpamDriver,
  wanted: { pool?: string; subPool?: string; avoid?: string[]; v6?: boolean; addressSpace?: string },
): Promise<{ poolId: string; pool: string }> {
  const { local } = await driver.defaultAddressSpaces({})
  return await driver.requestPool({ addressSpace: local, options: {}, v6: false, ...wanted })
}

/** Reserves an address, any one when none is named. */
export async function takeAddress(driver: IpamDriver, poolId: string, address?: string): Promise<{ address: string }> {
  return await driver.requestAddress({ poolId, options: {}, ...(address === undefined ? {} : { address }) })
}

/** Without its prefix length. */
export function bare(address: string): string {
  return address.split('/')[0] ?? ''
}
