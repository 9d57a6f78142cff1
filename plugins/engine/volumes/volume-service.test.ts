import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { codedError, type DriverSet, type EngineEvent, type Logger, type storageVolume } from '@moby/contracts'
import { beforeEach, expect, test, vi } from 'vitest'
import { Clock } from '../clock/clock.ts'
import { EventBus } from '../events/event-bus.ts'
import { MemoryStore } from '../store/memory-store.fixture.ts'
import { Table } from '../store/table.ts'
import type { ContainerUser } from '../usage.ts'
import { MemoryVolumes } from './memory-volumes.fixture.ts'
import type { VolumeRecord } from './volume-record.ts'
import { VolumeService } from './volume-service.ts'

const log: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

let store: MemoryStore
let local: MemoryVolumes
let other: MemoryVolumes
let drivers: Map<string, MemoryVolumes>
let away: string[]
let users: Map<string, ContainerUser[]>
let events: EventBus
let service: VolumeService

const driverSet: DriverSet<typeof storageVolume> = {
  has: (name) => drivers.has(name),
  get: (name) => {
    const driver = drivers.get(name)
    if (driver !== undefined) return driver.api
    throw codedError('DRIVER_UNKNOWN', `no ${name}; there are ${[...drivers.keys()].join(', ')}`)
  },
  list: () => [...drivers].map(([name, { api }]) => ({ name, component: 'moby/test@0.1.0', handle: api })),
}

async function makeService(): Promise<VolumeService> {
  return new VolumeService({
    table: await Table.load<VolumeRecord>(store.api, 'volumes'),
    drivers: driverSet,
    driversAway: () => away,
    defaultDriver: 'local',
    usage: {
      ofImage: () => [],
      mountingImage: () => [],
      ofNetwork: () => [],
      ofVolume: (name) => users.get(name) ?? [],
      counts: () => ({ total: 0, running: 0, paused: 0, stopped: 0 }),
    },
    events,
    clock: new Clock(),
    log,
    isDisabledPlugin: async (name) => name === 'sleeping',
  })
}

beforeEach(async () => {
  store = new MemoryStore()
  local = new MemoryVolumes()
  other = new MemoryVolumes()
  drivers = new Map([
    ['local', local],
    ['other', other],
  ])
  away = []
  users = new Map()
  events = new EventBus()
  service = await makeService()
})

async function happened(): Promise<string[]> {
  const seen: EngineEvent[] = []
  for await (const { event } of events.stream({ until: new Date(Date.now() - 1).toISOString() })) {
    if (event !== undefined) seen.push(event)
  }
  return seen.map(({ action, id, attributes }) => `${action} ${id} ${attributes['driver'] ?? ''}`)
}

async function names(): Promise<string[]> {
  return (await service.api.list({})).volumes.map((volume) => volume.name)
}

test('a volume is made, shown, found again after a restart, and removed', async () => {
  const made = await service.api.create({ name: 'data', labels: { a: 'b' }, options: { o: 'x' } })
  expect(made).toMatchObject({
    name: 'data',
    driver: 'local',
    mountpoint: '/volumes/data',
    labels: { a: 'b' },
    options: { o: 'x' },
    anonymous: false,
    users: 0,
    scope: 'local',
  })
  expect(local.volumes.get('data')).toEqual({ o: 'x' })
  service = await makeService()
  expect(await service.api.inspect({ name: 'data' })).toEqual(made)
  await service.api.remove({ name: 'data' })
  expect(await names()).toEqual([])
  expect(store.entries.size).toBe(0)
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(await happened()).toEqual(['create data local', 'destroy data local'])
})

test('making a volume that exists is success, with another driver a conflict', async () => {
  await service.api.create({ name: 'data', labels: { a: 'b' } })
  expect(await service.api.create({ name: 'data', options: { x: 'y' } })).toMatchObject({ labels: { a: 'b' } })
  await expect(service.api.create({ name: 'data', driver: 'other' })).rejects.toMatchObject({
    code: 'VOLUME_OPTIONS_CONFLICT',
  })
})

test('a driver has its tag where none is written, and one of a disabled plugin is told as that', async () => {
  drivers.set('tagged:latest', other)
  expect(await service.api.create({ name: 'data', driver: 'tagged' })).toMatchObject({ driver: 'tagged:latest' })
  expect(await service.api.create({ name: 'data', driver: 'tagged' })).toMatchObject({ driver: 'tagged:latest' })
  await expect(service.api.create({ name: 'more', driver: 'sleeping' })).rejects.toMatchObject({
    code: 'PLUGIN_DISABLED',
    message: 'create more: error looking up volume plugin sleeping: plugin sleeping found but disabled',
  })
})

test('an unknown driver is refused at once, and nothing is left', async () => {
  await expect(service.api.create({ name: 'data', driver: 'nfs' })).rejects.toMatchObject({ code: 'DRIVER_UNKNOWN' })
  local.fail = codedError('VOLUME_OPTION_UNKNOWN', 'no such option')
  await expect(service.api.create({ name: 'data' })).rejects.toMatchObject({ code: 'VOLUME_OPTION_UNKNOWN' })
  expect(store.entries.size).toBe(0)
})

test('unknown volumes are told in the words that clients look for', async () => {
  await expect(service.api.inspect({ name: 'x' })).rejects.toMatchObject({
    code: 'VOLUME_NOT_FOUND',
    message: 'get x: no such volume',
  })
  await expect(service.api.remove({ name: 'x' })).rejects.toThrow('get x: no such volume')
  await service.api.remove({ name: 'x', force: true })
})

test('a volume in use is not removed, and says by whom', async () => {
  await service.api.create({ name: 'data' })
  users.set('data', [{ id: 'c1', name: 'web', running: false }])
  await expect(service.api.remove({ name: 'data', force: true })).rejects.toMatchObject({
    code: 'VOLUME_IN_USE',
    message: 'remove data: volume is in use - [c1]',
  })
  expect((await service.api.inspect({ name: 'data' })).users).toBe(1)
})

test('a volume of a container that is only being made is in use', async () => {
  const { name } = await service.acquire({}, 'c1')
  expect(name).toMatch(/^[0-9a-f]{64}$/)
  await expect(service.api.remove({ name })).rejects.toMatchObject({ code: 'VOLUME_IN_USE' })
  expect((await service.api.prune({})).removed).toEqual([])
  users.set(name, [{ id: 'c1', name: 'a', running: false }])
  await service.releaseAnonymous([name], 'c1')
  expect(await names()).toEqual([])
})

test('an anonymous volume may get its name from the one who wants it', async () => {
  expect(await service.acquire({ name: 'f00', anonymous: true }, 'c1')).toEqual({ name: 'f00', driver: 'local' })
  expect((await service.api.inspect({ name: 'f00' })).anonymous).toBe(true)
})

test('only anonymous volumes that nobody uses go with their container', async () => {
  const named = await service.acquire({ name: 'data' }, 'c1')
  const shared = await service.acquire({}, 'c1')
  users.set(shared.name, [{ id: 'c2', name: 'b', running: true }])
  await service.releaseAnonymous([named.name, shared.name, 'unknown'], 'c1')
  expect((await names()).sort()).toEqual([named.name, shared.name].sort())
})

test('a volume is mounted per container, and unmounting what is gone is success', async () => {
  await service.acquire({ name: 'data' }, 'c1')
  expect(await service.mount('data', 'c1')).toBe(import.meta.dirname)
  expect([...local.mounts]).toEqual(['data c1'])
  await service.unmount('data', 'c1')
  expect([...local.mounts]).toEqual([])
  local.volumes.clear()
  await service.unmount('data', 'c1')
  await service.unmount('never', 'c1')
  await expect(service.mount('never', 'c1')).rejects.toMatchObject({ code: 'VOLUME_NOT_FOUND' })
})

test.each([
  ['', 'which is no path'],
  ['data', 'which is no absolute path'],
  [`${import.meta.dirname}/../volumes`, 'which takes a detour'],
  ['/', 'which belongs to the host'],
  ['/etc', 'which belongs to the host'],
  ['/proc/self', 'which belongs to the host'],
  ['/no/such/folder', 'which cannot be looked at: ENOENT'],
  [import.meta.filename, 'which is no folder'],
  ['/proc/self/cwd', 'which belongs to the host'],
])('D12 a driver that says that it mounted a volume on %j is not believed, and has it undone', async (path, words) => {
  await service.acquire({ name: 'data' }, 'c1')
  local.mountedAt = path
  await expect(service.mount('data', 'c1')).rejects.toMatchObject({
    code: 'DRIVER_LIED',
    message: `The volume driver local says that the volume data is at ${JSON.stringify(path)}, ${words}`,
  })
  expect([...local.mounts]).toEqual([])
})

test('D12 a link is no place of a volume, nor is a folder that a link leads out to', async () => {
  await service.acquire({ name: 'data' }, 'c1')
  const folder = await mkdtemp(join(tmpdir(), 'lie-'))
  try {
    await symlink(import.meta.dirname, join(folder, 'link'))
    await symlink('/', join(folder, 'out'))
    local.mountedAt = join(folder, 'link')
    await expect(service.mount('data', 'c1')).rejects.toThrow('which is a link')
    local.mountedAt = join(folder, 'out/etc')
    await expect(service.mount('data', 'c1')).rejects.toThrow('which leads to what belongs to the host')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('D13 a driver that does not know what it has just made fails the creation, and no container gets it', async () => {
  local.forgets = true
  const refusal = {
    code: 'DRIVER_LIED',
    message: 'create data: the volume driver local says that it made the volume, and that there is none',
  }
  await expect(service.api.create({ name: 'data' })).rejects.toMatchObject(refusal)
  await expect(service.acquire({ name: 'data' }, 'c1')).rejects.toMatchObject(refusal)
  expect(store.entries.size).toBe(0)
})

test('volumes whose driver is not there are listed as waiting for it', async () => {
  await service.api.create({ name: 'far', driver: 'other' })
  drivers.delete('other')
  const { volumes, warnings } = await service.api.list({})
  expect(volumes).toMatchObject([
    { name: 'far', driver: 'other', waitingFor: 'storage.volume driver "other": no other; there are local' },
  ])
  expect(warnings).toEqual(['volume driver other: no other; there are local'])
  expect((await service.api.inspect({ name: 'far' })).waitingFor).toContain('storage.volume driver "other"')
  await expect(service.mount('far', 'c')).rejects.toMatchObject({ code: 'DRIVER_AWAY' })
  await expect(service.api.remove({ name: 'far' })).rejects.toMatchObject({ code: 'DRIVER_AWAY' })
  drivers.set('other', other)
  expect((await service.api.inspect({ name: 'far' })).waitingFor).toBeUndefined()
})

test('D3 a driver that is away is told in the list also when none of its volumes is known', async () => {
  away = ['third']
  const { volumes, warnings } = await service.api.list({})
  expect(volumes).toEqual([])
  expect(warnings).toEqual(['volume driver third: no third; there are local, other'])
})

test('D2 a driver that hangs holds up neither the list nor a name that others may know', async () => {
  vi.useFakeTimers()
  try {
    other.hang = true
    const list = service.api.list({})
    await vi.advanceTimersByTimeAsync(5_000)
    expect((await list).warnings).toEqual(['volume driver other: it did not answer within 5 s'])
    const made = service.api.create({ name: 'data' })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await made).toMatchObject({ name: 'data', driver: 'local' })
  } finally {
    vi.useRealTimers()
  }
})

test('a driver that fails to list costs a warning, not the list', async () => {
  await service.api.create({ name: 'near' })
  await service.api.create({ name: 'far', driver: 'other' })
  other.fail = new Error('no answer')
  const { volumes, warnings } = await service.api.list({})
  expect(volumes.map((volume) => [volume.name, volume.waitingFor !== undefined])).toEqual([
    ['far', true],
    ['near', false],
  ])
  expect(warnings).toEqual(['volume driver other: no answer'])
})

test('volumes that only a driver knows are shown and can be used', async () => {
  other.volumes.set('found', {})
  expect(await names()).toEqual(['found'])
  expect(await service.acquire({ name: 'found' }, 'c1')).toEqual({ name: 'found', driver: 'other' })
  expect(store.entries.has('volumes/found')).toBe(true)
})

test('a volume that its driver lost is made again when it is wanted', async () => {
  await service.api.create({ name: 'data', options: { o: 'x' } })
  local.volumes.clear()
  expect(await names()).toEqual([])
  await service.acquire({ name: 'data' }, 'c1')
  expect(local.volumes.get('data')).toEqual({ o: 'x' })
})

test('filters: part of the name, driver, label, use', async () => {
  await service.api.create({ name: 'web-data', labels: { tier: 'front' } })
  await service.api.create({ name: 'db-data', driver: 'other', labels: { tier: 'back' } })
  users.set('db-data', [{ id: 'c', name: 'db', running: true }])
  const filtered = async (filter: Parameters<typeof service.api.list>[0]['filter']) =>
    (await service.api.list(filter === undefined ? {} : { filter })).volumes.map((volume) => volume.name)
  expect(await filtered({ names: ['web'] })).toEqual(['web-data'])
  expect(await filtered({ drivers: ['other'] })).toEqual(['db-data'])
  expect(await filtered({ labels: ['tier'] })).toEqual(['db-data', 'web-data'])
  expect(await filtered({ labels: ['tier=front'] })).toEqual(['web-data'])
  expect(await filtered({ dangling: true })).toEqual(['web-data'])
  expect(await filtered({ dangling: false })).toEqual(['db-data'])
  expect((await service.api.list({ size: true })).volumes.map((volume) => volume.size)).toEqual(['100', '100'])
})

test('prune takes anonymous volumes, or all, and tells the space', async () => {
  await service.api.create({ name: 'keep', labels: { keep: '' } })
  await service.api.create({ name: 'named' })
  const anonymous = await service.api.create({})
  expect(await service.api.prune({})).toEqual({ removed: [anonymous.name], spaceReclaimed: '100' })
  expect(await service.api.prune({ all: true, notLabels: ['keep'] })).toEqual({
    removed: ['named'],
    spaceReclaimed: '100',
  })
  expect(await names()).toEqual(['keep'])
})

test('what the last engine began to make or remove is cleared away', async () => {
  for (const [id, work] of [
    ['made', 'creating'],
    ['gone', 'removing'],
    ['whole', undefined],
  ] as const) {
    local.volumes.set(id, {})
    const record = { id, driver: 'local', options: {}, labels: {}, anonymous: false, createdAt: '', work }
    store.entries.set(`volumes/${id}`, { value: JSON.parse(JSON.stringify(record)), revision: 1 })
  }
  service = await makeService()
  await service.reconcile()
  expect([...local.volumes.keys()]).toEqual(['whole'])
  expect([...store.entries.keys()]).toEqual(['volumes/whole'])
})
