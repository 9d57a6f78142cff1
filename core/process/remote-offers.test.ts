import process from 'node:process'
import { storageVolume, type DriverSet, type Implementation } from '@moby/contracts'
import { describe, expect, it } from 'vitest'
import { volumes, Workshop } from './process-mode.fixture.ts'

type Volumes = Implementation<typeof storageVolume>

const dynamic = 'provides: [{ contract: storage.volume, version: 0.1.0, dynamic: true }]'

/** Finds `first` and `k` at its start, `second` when it is asked, and gives `first` back when asked for `leave`. */
const finding = `async create(context) {
  const contract = { id: 'storage.volume', methods: { capabilities: {}, list: {} } }
  const found = (name) => ({
    async capabilities() { return { scope: 'local', pid: process.pid, name } },
    async list() { return { volumes: [] } },
  })
  const take = context.offer(contract, 'first', found('first'))
  context.offer(contract, 'k', found('thief'))
  for (const [each, name, driver] of [[contract, 'first', found('again')], [contract, 'half', {}], [{ ...contract, id: 'log.driver' }, 'x', found('x')]]) {
    try { context.offer(each, name, driver) } catch ({ code, message }) { context.log.info(code + ' ' + message) }
  }
  return {
    provides: {},
    discover(id, name) {
      if (name === 'second') context.offer(contract, name, found(name))
      if (name === 'leave') take('it left')
    },
  }
}`

const keeping = `async create() {
  const methods = ['capabilities', 'create', 'get', 'list', 'path', 'mount', 'unmount', 'usage', 'remove']
  return { provides: { 'storage.volume': Object.fromEntries(methods.map((name) => [name, async () => ({ scope: 'local', name: 'kept' })])) } }
}`

const many = 'provides: []\nrequires: [{ contract: storage.volume, range: ^0.1.0, many: true }]'

/** A module that lets the test hold what it holds. */
const holding = `async create(context) {
  globalThis.heldVolumes = context.many({ id: 'storage.volume', methods: { capabilities: {}, list: {} } })
  return { provides: {} }
}`

/** In a process of its own it names drivers of another process. */
const asking = `async create(context) {
  const { storageVolume } = await import(${JSON.stringify(import.meta.resolve('@moby/contracts'))})
  const drivers = context.many(storageVolume)
  const ask = async (name) => (await drivers.get(name).capabilities({}).catch(({ code }) => ({ name: code }))).name
  context.log.info('asked ' + [await ask('first'), await ask('second'), await ask('nobody')])
  return { provides: {} }
}`

async function open(...more: readonly string[]) {
  const shop = await Workshop.open()
  await shop.component('keeper', volumes('k'), keeping)
  await shop.component('finder', dynamic, finding)
  await shop.component('holder', many, holding)
  await shop.component('asker', many, asking)
  const running = await shop.boot(['finder', 'keeper:module', 'holder:module', ...more])
  const { heldVolumes } = globalThis as unknown as { heldVolumes: DriverSet<typeof storageVolume> }
  const names = () => heldVolumes.list().map(({ name }) => name)
  const lines = (component: string) =>
    shop.lines.filter((line) => line.component === component).map(({ message, fields }) => ({ message, ...fields }))
  return { ...running, drivers: heldVolumes, names, lines }
}

const tellOf = async (driver: Volumes) =>
  (await driver.capabilities({})) as unknown as { readonly pid: number; readonly name: string }

describe('drivers that a component in a process of its own finds while it runs', () => {
  it('are there when others start, or when somebody names them, under the rules of those in the engine', async () => {
    const { drivers, names, lines, facts } = await open('asker')
    expect(names().toSorted()).toEqual(['first', 'k', 'second'])
    const first = await tellOf(drivers.get('first'))
    expect(first).toMatchObject({ name: 'first' })
    expect(first.pid).not.toBe(process.pid)
    expect(await tellOf(drivers.get('k'))).toMatchObject({ name: 'kept' })
    await expect(drivers.get('nobody').list({})).rejects.toMatchObject({
      code: 'DRIVER_UNKNOWN',
      hint: expect.stringContaining('first') as string,
    })
    expect(lines('finder')).toEqual(
      expect.arrayContaining([
        {
          message: 'a driver that was found is not known to the kernel',
          contract: 'storage.volume',
          driver: 'k',
          reason: expect.stringContaining('keeper (t/keeper@1.0.0) has that name already') as string,
        },
        { message: expect.stringMatching(/^DRIVER_NAME_TAKEN finder offers storage.volume as first/) as string },
        { message: 'COMPONENT_FAILED finder offers storage.volume as half, but it lacks capabilities, list' },
        { message: expect.stringMatching(/^COMPONENT_FAILED .*log.driver.*dynamic: true$/) as string },
      ]),
    )
    expect(lines('asker')).toContainEqual({ message: 'asked first,second,DRIVER_UNKNOWN' })
    expect(facts.members()[0]?.provides).toEqual([
      { contract: 'storage.volume', version: '0.1.0', dynamic: true },
      { contract: 'storage.volume', version: '0.1.0', driver: 'first' },
      { contract: 'storage.volume', version: '0.1.0', driver: 'second' },
    ])
  })

  it('are away with their process and the same when it is back, without what it does not find again', async () => {
    const { drivers, names, facts } = await open()
    const first = drivers.get('first')
    const { pid } = await tellOf(first)
    expect(await tellOf(drivers.get('second'))).toMatchObject({ name: 'second', pid })
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => facts.members()[0]?.status, { interval: 5 }).toBe('away')
    await expect(first.list({})).rejects.toMatchObject({ code: 'DRIVER_AWAY' })
    expect(() => drivers.get('second')).toThrow('SIGKILL')
    await expect.poll(() => facts.members()[0]?.status, { interval: 5 }).toBe('ready')
    expect((await tellOf(first)).pid).not.toBe(pid)
    expect(names()).not.toContain('second')
    await expect(drivers.get('leave').list({})).rejects.toMatchObject({ code: 'DRIVER_UNKNOWN' })
    await expect(first.list({})).rejects.toMatchObject({
      code: 'DRIVER_AWAY',
      message: expect.stringContaining('it left') as string,
    })
    expect(names()).toEqual(['k'])
  })
})
