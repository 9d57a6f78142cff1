import {
  codedError,
  implement,
  networkIpam,
  type AssemblyMember,
  type DriverSet,
  type Implementation,
} from '@moby/contracts'
import { expect, test } from 'vitest'
import { EventBus } from '../events/event-bus.ts'
import { followAssembly } from './follow-assembly.ts'
import { IpamJournal } from './ipam-journal.ts'
import { ReturningDrivers } from './returning-drivers.ts'

type Ipam = Implementation<typeof networkIpam>

/** A driver that knows only what it was asked for in this life. */
class Forgetful {
  taken = new Map<string, Set<string>>()
  requests: string[] = []
  slow: Promise<void> = Promise.resolve()
  readonly api: Ipam = implement(networkIpam, {
    capabilities: async () => {
      await this.slow
      return { requiresMacAddress: false, requiresRequestReplay: true }
    },
    defaultAddressSpaces: async () => ({ local: 'L', global: 'G' }),
    requestPool: async ({ pool = '10.0.0.0/24' }) => {
      this.requests.push(pool)
      this.taken.set(pool, new Set())
      return { poolId: pool, pool, data: {} }
    },
    releasePool: async ({ poolId }) => {
      this.taken.delete(poolId)
      return {}
    },
    requestAddress: async ({ poolId, address }) => {
      const pool = this.taken.get(poolId)
      if (pool === undefined) throw codedError('POOL_NOT_FOUND', poolId)
      const free = address ?? `10.0.0.${[1, 2, 3, 4].find((each) => !pool.has(`10.0.0.${each}`))}`
      if (pool.has(free)) throw codedError('ADDRESS_IN_USE', free)
      pool.add(free)
      return { address: `${free}/24`, data: {} }
    },
    releaseAddress: async ({ poolId, address }) => {
      this.taken.get(poolId)?.delete(address)
      return {}
    },
  })

  die(): void {
    this.taken = new Map()
  }
}

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

function setUp() {
  const driver = new Forgetful()
  const inner: DriverSet<typeof networkIpam> = {
    get: () => driver.api,
    has: () => true,
    list: () => [{ name: 'd', component: 'c', handle: driver.api }],
  }
  const journal = new IpamJournal(inner)
  const drivers = new ReturningDrivers({
    contract: networkIpam,
    inner: journal,
    replay: async (name) => await journal.replay(name, driver.api),
    log,
  })
  return { driver, drivers, ipam: drivers.get('d') }
}

test('a driver that forgot what it had given is asked for the same again, before anybody gets an address', async () => {
  const { driver, drivers, ipam } = setUp()
  const { poolId } = await ipam.requestPool({ addressSpace: 'L', options: {}, v6: false, avoid: ['10.9.0.0/16'] })
  const taken = async () => (await ipam.requestAddress({ poolId, options: {} })).address
  expect([await taken(), await taken(), await taken()]).toEqual(['10.0.0.1/24', '10.0.0.2/24', '10.0.0.3/24'])
  await ipam.releaseAddress({ poolId, address: '10.0.0.2' })
  driver.die()
  const slow = Promise.withResolvers<void>()
  driver.slow = slow.promise
  drivers.returned('d')
  const next = taken()
  slow.resolve()
  expect(await next).toBe('10.0.0.2/24')
  expect(await taken()).toBe('10.0.0.4/24')
})

test('what was released, or was on its way out when the driver ended, is not taken again', async () => {
  const { driver, drivers, ipam } = setUp()
  const { poolId } = await ipam.requestPool({ addressSpace: 'L', options: {}, v6: false })
  const { poolId: other } = await ipam.requestPool({ addressSpace: 'L', pool: '10.1.0.0/24', options: {}, v6: false })
  await ipam.requestAddress({ poolId, options: {} })
  const release = driver.api.releaseAddress
  Object.assign(driver.api, { releaseAddress: () => Promise.reject(codedError('DRIVER_LOST', 'it ended')) })
  await expect(ipam.releaseAddress({ poolId, address: '10.0.0.1' })).rejects.toMatchObject({ code: 'DRIVER_LOST' })
  Object.assign(driver.api, { releaseAddress: release })
  await ipam.releasePool({ poolId: other })
  driver.die()
  drivers.returned('d')
  expect((await ipam.requestAddress({ poolId, options: {} })).address).toBe('10.0.0.1/24')
  expect([...driver.taken.keys()]).toEqual(['10.0.0.0/24'])
})

test('components that go away and come back are told as events, and their drivers as returned', async () => {
  const events = new EventBus()
  let tell: (member: AssemblyMember) => void = () => undefined
  const member = (status: AssemblyMember['status'], reason?: string): AssemblyMember => ({
    name: 'logs',
    component: 'moby/log',
    version: '1.0.0',
    mode: 'process',
    provides: [{ contract: 'log.driver', version: '0.1.0', driver: 'json-file' }],
    status,
    reason,
  })
  const returned: string[] = []
  const assembly = {
    name: 'a',
    version: '1',
    members: () => [member('ready')],
    watch: (listener: typeof tell) => {
      tell = listener
      return () => undefined
    },
  }
  followAssembly(assembly, events, (contract, driver) => returned.push(`${contract} ${driver}`))
  for (const each of [
    member('degraded', 'slow'),
    member('ready'),
    member('away', 'it ended'),
    member('away', 'again'),
    member('ready'),
    member('ready'),
  ]) {
    tell(each)
  }
  expect(returned).toEqual(['log.driver json-file'])
  events.close()
  const seen: unknown[] = []
  for await (const item of events.stream({ since: '2000-01-01T00:00:00Z', until: '2001-01-01T00:00:00Z' })) {
    seen.push(item)
  }
  expect(seen).toEqual([{ listening: true }])
  const all: unknown[] = []
  for await (const item of events.stream({ since: '2000-01-01T00:00:00Z', until: new Date().toISOString() })) {
    if ('event' in item && item.event !== undefined) all.push([item.event.type, item.event.action, item.event.id])
  }
  expect(all).toEqual([
    ['plugin', 'disable', 'logs'],
    ['plugin', 'enable', 'logs'],
  ])
})
