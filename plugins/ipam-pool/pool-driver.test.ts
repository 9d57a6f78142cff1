import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { implement, stateStore, type Entry } from '@moby/contracts'
import { PoolDriver } from './pool-driver.ts'
import { contains, overlap, readPrefix } from './prefix.ts'

/** How safely the last commit of any store was kept. */
let lastDurability: string | undefined

/** A state store in memory, as far as this component uses it. */
function memoryStore() {
  const entries = new Map<string, Entry>()
  let revision = 0
  const refuse = () => {
    throw new Error('not used here')
  }
  return implement(stateStore, {
    info: refuse,
    watch: refuse,
    get: async ({ key }) => {
      const entry = entries.get(key)
      return entry === undefined ? {} : { entry }
    },
    list: async ({ prefix, after = '', limit = 1000 }) => {
      const found = [...entries.values()].filter((entry) => entry.key.startsWith(prefix) && entry.key > after)
      found.sort((a, b) => (a.key < b.key ? -1 : 1))
      return { entries: found.slice(0, limit), revision: String(revision), more: found.length > limit }
    },
    commit: async ({ changes, durability }) => {
      lastDurability = durability
      revision++
      for (const change of changes) {
        if ('put' in change)
          entries.set(change.put, { key: change.put, value: change.value, revision: String(revision) })
        else entries.delete(change.delete)
      }
      return { revision: String(revision) }
    },
  })
}

const local = { addressSpace: 'LocalDefault', options: {}, v6: false }

test('pools come in the order of Docker, around what is routed already', async () => {
  const { api } = await PoolDriver.open(memoryStore())
  const next = async (avoid: string[] = []) => (await api.requestPool({ ...local, avoid })).pool
  expect(await next(['0.0.0.0/32', '10.0.0.0/8'])).toBe('172.17.0.0/16')
  expect(await next(['172.18.5.0/24', '172.19.0.1/32', '172.20.0.0/14'])).toBe('172.24.0.0/16')
  expect(await next()).toBe('172.18.0.0/16')
  for (let number = 0; number < 12; number++) await next()
  expect(await next()).toBe('192.168.0.0/20')
  expect(await next(['192.168.20.0/24'])).toBe('192.168.32.0/20')
  for (let number = 0; number < 14; number++) await next()
  await expect(next()).rejects.toMatchObject({ code: 'POOLS_EXHAUSTED' })
})

test('a pool that is asked for is checked', async () => {
  const { api } = await PoolDriver.open(memoryStore())
  const ask = (pool: string, subPool?: string) =>
    api.requestPool({ ...local, pool, ...(subPool === undefined ? {} : { subPool }), avoid: ['10.9.0.0/16'] })
  expect((await ask('10.9.0.0/16')).pool).toBe('10.9.0.0/16')
  await expect(ask('10.9.3.0/24')).rejects.toMatchObject({ code: 'POOL_OVERLAPS' })
  await expect(ask('10.8.0.1/16')).rejects.toThrow('invalid subnet 10.8.0.1/16: it should be 10.8.0.0/16')
  await expect(ask('10.8.0.0')).rejects.toMatchObject({ code: 'POOL_INVALID' })
  await expect(ask('10.8.0.0/16', '10.7.0.0/24')).rejects.toMatchObject({ code: 'POOL_INVALID' })
  await expect(ask('fd00::/64')).rejects.toMatchObject({ code: 'POOL_INVALID' })
  await expect(api.requestPool({ ...local, addressSpace: 'moon' })).rejects.toMatchObject({ code: 'POOL_INVALID' })
})

test('options that the driver does not have are passed over, and that is told', async () => {
  const told: unknown[] = []
  const { api } = await PoolDriver.open(memoryStore(), { log: { warn: (_message, fields) => told.push(fields) } })
  expect((await api.requestPool({ ...local, pool: '10.9.0.0/16', options: { colour: 'red' } })).pool).toBe(
    '10.9.0.0/16',
  )
  await api.requestPool({ ...local, pool: '10.10.0.0/16' })
  expect(told).toEqual([{ names: ['colour'] }])
})

test('a released pool is free again and has forgotten its addresses', async () => {
  const { api } = await PoolDriver.open(memoryStore())
  const { poolId } = await api.requestPool({ ...local, pool: '10.9.0.0/24' })
  await api.requestAddress({ poolId, address: '10.9.0.7', options: {} })
  await api.releasePool({ poolId })
  await api.releasePool({ poolId })
  await expect(api.requestAddress({ poolId, options: {} })).rejects.toMatchObject({ code: 'POOL_NOT_FOUND' })
  await api.requestPool({ ...local, pool: '10.9.0.0/24' })
  await api.requestAddress({ poolId, address: '10.9.0.7', options: {} })
})

test('the gateway is the first address, and addresses are not used again at once', async () => {
  const { api } = await PoolDriver.open(memoryStore())
  const { poolId } = await api.requestPool({ ...local, pool: '10.9.0.0/29' })
  const take = async () => (await api.requestAddress({ poolId, options: {} })).address
  const gateway = await api.requestAddress({ poolId, options: { RequestAddressType: 'com.docker.network.gateway' } })
  expect(gateway.address).toBe('10.9.0.1/29')
  expect(await take()).toBe('10.9.0.2/29')
  await api.releaseAddress({ poolId, address: '10.9.0.2' })
  await api.releaseAddress({ poolId, address: '10.9.0.2' })
  expect(await take()).toBe('10.9.0.3/29')
  expect([await take(), await take(), await take(), await take()]).toEqual(
    [4, 5, 6, 2].map((last) => `10.9.0.${last}/29`),
  )
  await expect(take()).rejects.toMatchObject({ code: 'ADDRESSES_EXHAUSTED' })
})

test('after a restart all is free but what is asked for again', async () => {
  const store = memoryStore()
  const before = (await PoolDriver.open(store)).api
  const { poolId, pool } = await before.requestPool({ ...local, pool: '10.9.0.0/29' })
  await before.requestAddress({ poolId, address: '10.9.0.2', options: {} })
  await before.requestAddress({ poolId, address: '10.9.0.3', options: {} })
  const { api } = await PoolDriver.open(store)
  expect(await api.capabilities({})).toEqual({ requiresMacAddress: false, requiresRequestReplay: true })
  expect(await api.requestPool({ ...local, pool })).toMatchObject({ poolId, pool })
  await api.requestAddress({ poolId, address: '10.9.0.3', options: {} })
  await expect(api.requestAddress({ poolId, address: '10.9.0.3', options: {} })).rejects.toMatchObject({
    code: 'ADDRESS_IN_USE',
  })
  await api.requestAddress({ poolId, address: '10.9.0.2', options: {} })
})

test('pools may come from elsewhere, IPv6 from its own sources where there are some', async () => {
  const take = async (sources: { base: string; size: number }[], v6: boolean) =>
    (await (await PoolDriver.open(memoryStore(), { sources })).api.requestPool({ ...local, v6 })).pool
  const both = [
    { base: '10.9.0.0/24', size: 26 },
    { base: 'fd77::/56', size: 64 },
  ]
  expect(await take(both, false)).toBe('10.9.0.0/26')
  expect(await take(both, true)).toBe('fd77::/64')
  expect(await take(both.slice(0, 1), true)).toMatch(/^fd.*::\/64$/)
})

test.each([
  ['10.9.0.0/24', 23],
  ['10.9.0.0/24', 33],
  ['10.9.0.1/24', 26],
  ['fd00::/64', 129],
])('pools of %s cannot have the prefix length %i', async (base, size) => {
  await expect(PoolDriver.open(memoryStore(), { sources: [{ base, size }] })).rejects.toMatchObject({
    code: 'POOL_INVALID',
  })
})

test.each([
  ['10.9.0.0/24', 24],
  ['10.9.0.0/31', 32],
  ['fd00::/127', 128],
])('pools of %s can have the prefix length %i', async (base, size) => {
  const { api } = await PoolDriver.open(memoryStore(), { sources: [{ base, size }] })
  expect((await api.requestPool({ ...local, v6: base.includes(':') })).pool).toContain(`/${size}`)
})

test('an empty address is any, and of an unknown type there is none', async () => {
  const { api } = await PoolDriver.open(memoryStore())
  const { poolId } = await api.requestPool({ ...local, pool: '10.9.0.0/24' })
  expect((await api.requestAddress({ poolId, address: '', options: {} })).address).toBe('10.9.0.1/24')
  await expect(
    api.requestAddress({ poolId, options: { RequestAddressType: 'com.docker.network.other' } }),
  ).rejects.toMatchObject({ code: 'ADDRESS_INVALID' })
})

test('an id names the space, the pool and the part of it, as in Docker', async () => {
  const { api } = await PoolDriver.open(memoryStore())
  const idOf = async (pool: string, subPool?: string) =>
    (await api.requestPool({ ...local, pool, ...(subPool === undefined ? {} : { subPool }) })).poolId
  expect(await idOf('10.9.0.0/24')).toBe('LocalDefault/10.9.0.0/24')
  expect(await idOf('10.8.0.0/24', '10.8.0.128/25')).toBe('LocalDefault/10.8.0.0/24/10.8.0.128/25')
})

test('the next address is behind the last one that the part gave, whatever was asked for elsewhere', async () => {
  const { api } = await PoolDriver.open(memoryStore())
  const { poolId } = await api.requestPool({ ...local, pool: '10.9.0.0/24', subPool: '10.9.0.8/30' })
  const take = async (address?: string) =>
    (await api.requestAddress({ poolId, options: {}, ...(address === undefined ? {} : { address }) })).address
  expect(await take()).toBe('10.9.0.8/24')
  await api.releaseAddress({ poolId, address: '10.9.0.8' })
  await take('10.9.0.100')
  expect(await take()).toBe('10.9.0.9/24')
  await take('10.9.0.11')
  expect(await take()).toBe('10.9.0.8/24')
  await api.releaseAddress({ poolId, address: '10.9.0.8' })
  await take('10.9.0.3')
  expect(await take()).toBe('10.9.0.10/24')
})

test('an address that is asked for is checked', async () => {
  const { api } = await PoolDriver.open(memoryStore())
  const { poolId } = await api.requestPool({ ...local, pool: '10.9.0.0/24', subPool: '10.9.0.128/25' })
  const ask = (address: string) => api.requestAddress({ poolId, address, options: {} })
  expect((await ask('10.9.0.5')).address).toBe('10.9.0.5/24')
  await expect(ask('10.9.0.5')).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' })
  await expect(ask('10.9.0.0')).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' })
  await expect(ask('10.9.0.255')).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' })
  await expect(ask('10.9.1.5')).rejects.toMatchObject({ code: 'ADDRESS_OUTSIDE_POOL' })
  await expect(ask('fd00::5')).rejects.toMatchObject({ code: 'ADDRESS_OUTSIDE_POOL' })
  await expect(ask('five')).rejects.toMatchObject({ code: 'ADDRESS_INVALID' })
  expect((await api.requestAddress({ poolId, options: {} })).address).toBe('10.9.0.128/24')
})

test('IPv6 pools without a wish are divided from one private prefix that stays', async () => {
  const store = memoryStore()
  const first = await (await PoolDriver.open(store)).api.requestPool({ ...local, v6: true })
  const { api } = await PoolDriver.open(store)
  await api.requestPool({ ...local, v6: true, pool: first.pool })
  const second = await api.requestPool({ ...local, v6: true })
  expect(first.pool).toMatch(/^fd.*::\/64$/)
  const third = await api.requestPool({ ...local, v6: true })
  expect(lastDurability).toBe('power-loss')
  // An entry that the next version must find under this name.
  expect((await store.get({ key: 'ipam/private-prefix' })).entry?.value).toMatch(/^fd[0-9a-f:]+::\/48$/)
  expect(readPrefix(third.pool).base >> 80n).toBe(readPrefix(first.pool).base >> 80n)
  expect(overlap(readPrefix(first.pool), readPrefix(second.pool))).toBe(false)
  expect(readPrefix(first.pool).base >> 80n).toBe(readPrefix(second.pool).base >> 80n)
  const { address } = await api.requestAddress({ poolId: first.poolId, options: {} })
  expect(address).toBe(first.pool.replace('::/64', '::1/64'))
  await api.releaseAddress({ poolId: first.poolId, address: address.replace('/64', '').toUpperCase() })
  await api.requestAddress({ poolId: first.poolId, address: address.replace('/64', ''), options: {} })
})

test('no address is handed out twice, nor network or broadcast, and what was released comes again', async () => {
  const step = fc.oneof(
    { arbitrary: fc.constant({ kind: 'take' as const }), weight: 4 },
    fc.record({ kind: fc.constant('release' as const), which: fc.nat(100) }),
    fc.record({ kind: fc.constant('exact' as const), offset: fc.nat(17) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 28, max: 32 }), fc.array(step, { maxLength: 60 }), async (length, steps) => {
      const { api } = await PoolDriver.open(memoryStore())
      const { poolId, pool } = await api.requestPool({ ...local, pool: `10.9.0.0/${length}` })
      const total = 2 ** (32 - length)
      const capacity = total < 4 ? total : total - 2
      const used: string[] = []
      const note = ({ address }: { address: string }) => {
        const plain = address.split('/')[0] ?? ''
        expect(contains(readPrefix(pool), readPrefix(`${plain}/32`))).toBe(true)
        expect(used).not.toContain(plain)
        if (total >= 4) expect([`10.9.0.0`, `10.9.0.${total - 1}`]).not.toContain(plain)
        used.push(plain)
      }
      for (const one of steps) {
        if (one.kind === 'release') {
          const [address] = used.splice(one.which % Math.max(1, used.length), 1)
          await api.releaseAddress({ poolId, address: address ?? '10.9.0.1' })
        } else {
          const address = one.kind === 'exact' ? `10.9.0.${one.offset}` : undefined
          const answer = api.requestAddress({ poolId, options: {}, ...(address === undefined ? {} : { address }) })
          const result = await answer.catch((error: { code: string }) => error.code)
          if (typeof result !== 'string') note(result)
          else if (address === undefined) expect([result, used.length]).toEqual(['ADDRESSES_EXHAUSTED', capacity])
          else expect(['ADDRESS_IN_USE', 'ADDRESS_OUTSIDE_POOL']).toContain(result)
        }
      }
    }),
    { numRuns: 60 },
  )
})
