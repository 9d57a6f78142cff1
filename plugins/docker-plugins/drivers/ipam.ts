import { BlockList, isIP } from 'node:net'
import {
  codedError,
  hasCode,
  implement,
  networkIpam,
  type CallOptions,
  type Logger,
  type RequestOf,
} from '@moby/contracts'
import { ipamAnswers } from '@moby/lib-docker-plugin-protocol'
import type { Plugin } from '../plugin.ts'
import { askOf } from './ask.ts'
import { isPrefix, lie } from './check-endpoint.ts'

type PoolWish = RequestOf<typeof networkIpam, 'requestPool'>
interface Pool {
  readonly PoolID: string
  readonly Pool: string
  readonly Data: Record<string, string>
}

/** Pools that a plugin may offer in vain before it is given up. */
const mostTries = 32

/** Docker's IpamDriver as a driver of `network.ipam`. */
export function ipamDriver(plugin: Plugin, log: Logger) {
  const ask = askOf(plugin, 'ipam')
  const { Nothing, ...answers } = ipamAnswers
  /** Pools as the plugin told them since the engine began; an address is checked where its pool is known. */
  const pools = new Map<string, string>()
  const release = async (poolId: string, call?: CallOptions) => {
    try {
      await ask('IpamDriver.ReleasePool', Nothing, { PoolID: poolId }, call)
    } catch (error) {
      if (!hasCode(error, 'PLUGIN_REFUSED')) throw error
      log.debug('A plugin did not take back a pool.', { plugin: plugin.name, pool: poolId, error: error.message })
    }
    pools.delete(poolId)
  }
  const requestPool = async (wish: PoolWish, call?: CallOptions): Promise<Pool> => {
    const pool = await ask(
      'IpamDriver.RequestPool',
      answers.RequestPool,
      {
        AddressSpace: wish.addressSpace,
        Pool: wish.pool ?? '',
        SubPool: wish.subPool ?? '',
        Options: wish.options,
        V6: wish.v6,
      },
      call,
    )
    if (pool.PoolID !== '' && isPrefix(pool.Pool, wish.v6 ? 6 : 4)) return pool
    if (pool.PoolID !== '') await release(pool.PoolID)
    throw lie(plugin.name, `gave the pool ${JSON.stringify(pool.Pool)} with the id ${JSON.stringify(pool.PoolID)}`)
  }
  return implement(networkIpam, {
    async capabilities(_request, call) {
      try {
        const told = await ask('IpamDriver.GetCapabilities', answers.GetCapabilities, undefined, call)
        return { requiresMacAddress: told.RequiresMACAddress, requiresRequestReplay: told.RequiresRequestReplay }
      } catch (error) {
        // The method came late to the protocol, and old plugins do not have it.
        if (hasCode(error, 'PLUGIN_REFUSED')) return { requiresMacAddress: false, requiresRequestReplay: false }
        throw error
      }
    },
    async defaultAddressSpaces(_request, call) {
      const told = await ask('IpamDriver.GetDefaultAddressSpaces', answers.GetDefaultAddressSpaces, undefined, call)
      return { local: told.LocalDefaultAddressSpace, global: told.GlobalDefaultAddressSpace }
    },
    async requestPool(wish, call) {
      const refused: string[] = []
      try {
        for (let tries = 0; tries < mostTries; tries += 1) {
          const { PoolID, Pool, Data } = await requestPool(wish, call)
          // A pool that the user named is theirs to choose. Others are kept until one is free, so that the plugin
          // does not offer the same one again.
          if (wish.pool !== undefined || !(wish.avoid ?? []).some((other) => overlap(other, Pool))) {
            pools.set(PoolID, Pool)
            return { poolId: PoolID, pool: Pool, data: Data }
          }
          if (refused.includes(PoolID)) break
          refused.push(PoolID)
        }
      } finally {
        for (const poolId of refused) await release(poolId)
      }
      throw codedError('POOLS_EXHAUSTED', `The plugin ${plugin.name} offers only pools that this host routes already`, {
        hint: 'name a free one with --subnet',
      })
    },
    async releasePool({ poolId }, call) {
      await release(poolId, call)
      return {}
    },
    async requestAddress({ poolId, address = '', options }, call) {
      const told = await ask(
        'IpamDriver.RequestAddress',
        answers.RequestAddress,
        { PoolID: poolId, Address: address, Options: options },
        call,
      )
      const pool = pools.get(poolId)
      const version = isIP(told.Address.split('/')[0] ?? '') === 6 ? 6 : 4
      const isGood = isPrefix(told.Address, version) && (pool === undefined || contains(pool, told.Address))
      if (isGood) return { address: told.Address, data: told.Data }
      if (told.Address !== '') {
        const given = { PoolID: poolId, Address: told.Address.split('/')[0] }
        await ask('IpamDriver.ReleaseAddress', Nothing, given).catch((error: unknown) => {
          log.debug('A plugin did not take back an address.', { plugin: plugin.name, error: String(error) })
        })
      }
      throw lie(plugin.name, `gave the address ${JSON.stringify(told.Address)} of the pool ${pool ?? poolId}`)
    },
    async releaseAddress({ poolId, address }, call) {
      try {
        await ask('IpamDriver.ReleaseAddress', Nothing, { PoolID: poolId, Address: address }, call)
      } catch (error) {
        if (!hasCode(error, 'PLUGIN_REFUSED')) throw error
        log.debug('A plugin did not take back an address.', { plugin: plugin.name, address, error: error.message })
      }
      return {}
    },
  })
}

function overlap(one: string, other: string): boolean {
  return contains(one, other) || contains(other, one)
}

/** Whether the address before the slash of `inner` lies in the prefix `outer`. */
function contains(outer: string, inner: string): boolean {
  const [network = '', length = ''] = outer.split('/')
  const [address = ''] = inner.split('/')
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4'
  if (isIP(address) !== (family === 'ipv6' ? 6 : 4)) return false
  const block = new BlockList()
  block.addSubnet(network, Number(length), family)
  return block.check(address, family)
}
