import type { Implementation, networkIpam } from '@moby/contracts'
import { ipamRequests, shape } from '@moby/lib-docker-plugin-protocol'
import { method, type ServedMethods } from './method.ts'

/** `IpamDriver.*` in front of an address driver. */
export function ipamMethods(driver: Implementation<typeof networkIpam>): ServedMethods {
  const { RequestPool, ReleasePool, RequestAddress, ReleaseAddress } = ipamRequests
  return {
    'IpamDriver.GetCapabilities': method(shape({}), async (_request, signal) => {
      const { requiresMacAddress, requiresRequestReplay } = await driver.capabilities({}, { signal })
      return { RequiresMACAddress: requiresMacAddress, RequiresRequestReplay: requiresRequestReplay }
    }),
    'IpamDriver.GetDefaultAddressSpaces': method(shape({}), async (_request, signal) => {
      const { local, global } = await driver.defaultAddressSpaces({}, { signal })
      return { LocalDefaultAddressSpace: local, GlobalDefaultAddressSpace: global }
    }),
    'IpamDriver.RequestPool': method(RequestPool, async ({ AddressSpace, Pool, SubPool, Options, V6 }, signal) => {
      const { poolId, pool, data } = await driver.requestPool(
        {
          addressSpace: AddressSpace,
          ...(Pool === '' ? {} : { pool: Pool }),
          ...(SubPool === '' ? {} : { subPool: SubPool }),
          options: Options,
          v6: V6,
        },
        { signal },
      )
      return { PoolID: poolId, Pool: pool, Data: data }
    }),
    'IpamDriver.ReleasePool': method(ReleasePool, async ({ PoolID }, signal) => {
      await driver.releasePool({ poolId: PoolID }, { signal })
      return {}
    }),
    'IpamDriver.RequestAddress': method(RequestAddress, async ({ PoolID, Address, Options }, signal) => {
      const wish = { poolId: PoolID, ...(Address === '' ? {} : { address: Address }), options: Options }
      const { address, data } = await driver.requestAddress(wish, { signal })
      return { Address: address, Data: data }
    }),
    'IpamDriver.ReleaseAddress': method(ReleaseAddress, async ({ PoolID, Address }, signal) => {
      await driver.releaseAddress({ poolId: PoolID, address: Address.split('/')[0] ?? '' }, { signal })
      return {}
    }),
  }
}
