import { readdir, readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { authAuthorize, componentAssembly, storageVolume } from '@moby/contracts'
import { connectPeer } from '@moby/contracts/wire'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RunningAssembly } from '../kernel/boot-assembly.ts'
import { isAlive, volumes, Workshop } from '../process/process-mode.fixture.ts'
import { partsSource } from '../testing/parts-source.ts'
import { volumeDriver, writeAssembly } from './change.fixture.ts'

const config = 'config: { type: object, properties: { size: { type: integer, default: 1 } } }'

/** A volume driver in three versions, the last of which does not find what it has made, and one who uses volumes. */
async function shopWithVersions(): Promise<Workshop> {
  const shop = await Workshop.open()
  const described = `${volumes('k')}\n${config}`
  await shop.component('keeper', described, volumeDriver('1'))
  await shop.version('keeper', '2.0.0', described, volumeDriver('2'))
  await shop.version('keeper', '3.0.0', described, volumeDriver('3', 'driver.list = async () => ({ volumes: [] })'))
  await shop.component(
    'user',
    'provides: []\nrequires: [{ contract: storage.volume, range: ^0.1.0, many: true }]',
    'async create() { return { provides: {} } }',
  )
  return shop
}

const keeper = (version: number, more = '') => `use: t/keeper, version: "${version}.x", mode: process${more}`
const user = 'use: t/user'

async function boot(shop: Workshop, entries: Record<string, string>): Promise<RunningAssembly> {
  await writeAssembly(shop.folder, entries, [partsSource(shop.path('parts'))])
  return await shop.start()
}

async function change(shop: Workshop, entries: Record<string, string>): Promise<void> {
  await writeAssembly(shop.folder, entries, [partsSource(shop.path('parts'))])
}

async function whoServes(running: RunningAssembly): Promise<{ version: string; pid: number; size: number }> {
  const driver = running.handle(storageVolume, 'k')
  await driver.create({ name: 'kept', options: {} })
  const { volume } = await driver.get({ name: 'kept' })
  return volume.status as { version: string; pid: number; size: number }
}

describe('a change of a running assembly', () => {
  it('replaces a driver behind its handles: calls wait, what is under way ends, no call fails', async () => {
    const shop = await shopWithVersions()
    const running = await boot(shop, { keeper: keeper(1), user })
    const driver = running.handle(storageVolume, 'k')
    const before = await whoServes(running)
    await change(shop, { keeper: keeper(2), user })
    const underWay = driver.usage({ name: 'kept' })
    const over = new AbortController()
    const load = (async () => {
      let calls = 0
      for (; !over.signal.aborted; calls += 1) {
        await driver.get({ name: 'kept' })
        await sleep(2)
      }
      return calls
    })()
    const { plan, generation } = await running.changes.apply()
    over.abort()
    expect(plan.steps.map(({ name, action, overlap }) => [name, action, overlap])).toEqual([
      ['keeper', 'replace', 'exclusive'],
      ['user', 'keep', undefined],
    ])
    expect(generation).toBe(2)
    expect(await underWay).toEqual({ size: '1' })
    expect(await load).toBeGreaterThan(0)
    const after = await whoServes(running)
    expect(after.version).toBe('2')
    expect(await isAlive(before.pid)).toBe(false)
    expect(running.facts.members()).toMatchObject([
      { name: 'keeper', version: '2.0.0', status: 'ready' },
      { name: 'user', version: '1.0.0', status: 'ready' },
    ])
    // Its next life after a crash is one of the new version.
    process.kill(after.pid, 'SIGKILL')
    await expect.poll(async () => (await whoServes(running)).pid).not.toBe(after.pid)
    expect((await whoServes(running)).version).toBe('2')
  })

  it('takes back a version that does not keep its promises, and says which', async () => {
    const shop = await shopWithVersions()
    const running = await boot(shop, { keeper: keeper(1), user })
    await whoServes(running)
    await change(shop, { keeper: keeper(3), user })
    await expect(running.changes.apply()).rejects.toMatchObject({
      code: 'APPLY_FAILED',
      message: expect.stringMatching(
        /^keeper \(t\/keeper 3\.0\.0\) failed before it took over: .*does not hold what storage\.volume promises: a volume that was made is found/,
      ) as string,
      hint: expect.stringContaining('--case storage.volume/create-get-list') as string,
    })
    expect((await whoServes(running)).version).toBe('1')
    expect((await running.handle(storageVolume, 'k').list({})).volumes.map(({ name }) => name)).toEqual(['kept'])
    expect(running.facts.members()[0]).toMatchObject({ version: '1.0.0', status: 'ready' })
    expect(running.changes.last).toMatchObject({
      result: 'failed',
      reason: expect.stringContaining('APPLY_FAILED') as string,
    })
    expect(running.changes.list().map(({ number }) => number)).toEqual([1])
    await change(shop, { keeper: keeper(2), user })
    expect((await running.changes.apply()).generation).toBe(2)
  })

  it('goes back to an earlier generation, and back from there to the one before that', async () => {
    const shop = await shopWithVersions()
    const running = await boot(shop, { keeper: keeper(1) })
    const versions: string[] = []
    for (const entries of [{ keeper: keeper(2) }, { keeper: keeper(2, ', config: { size: 7 }') }]) {
      await change(shop, entries)
      await running.changes.apply()
    }
    expect((await whoServes(running)).size).toBe(7)
    for (const to of [undefined, undefined, 3]) {
      await running.changes.rollback(to)
      const { version, size } = await whoServes(running)
      versions.push(`${version} ${size}`)
    }
    expect(versions).toEqual(['2 1', '1 1', '2 7'])
    expect(running.changes.list().map(({ number, origin, of }) => [number, origin, of])).toEqual([
      [1, 'start', undefined],
      [2, 'apply', undefined],
      [3, 'apply', undefined],
      [4, 'rollback', 2],
      [5, 'rollback', 1],
      [6, 'rollback', 3],
    ])
    await expect(running.changes.rollback(99)).rejects.toMatchObject({ code: 'GENERATION_UNKNOWN' })
  })

  it('changes nothing when the configuration is broken, and says where', async () => {
    const shop = await shopWithVersions()
    const running = await boot(shop, { keeper: keeper(1), user })
    const { pid } = await whoServes(running)
    const text = await readFile(shop.path('moby.yaml'), 'utf8')
    await writeFile(shop.path('moby.yaml'), text.replace('mode: process', 'mode: process, config: { size: big }'))
    const engine = connectPeer({ socketPath: shop.path('data/run/moby.sock') })
    onTestFinished(() => engine.close())
    const control = engine.contract(componentAssembly)
    const error = await control.apply({}).catch((thrown: unknown) => thrown)
    const place = `${shop.path('moby.yaml')}:4:`
    expect(error).toMatchObject({ code: 'CONFIG_TYPE', details: { shown: expect.stringContaining(place) as string } })
    const { change: last, generation } = await control.status({})
    expect(last).toMatchObject({ result: 'failed', reason: expect.stringContaining(place) as string })
    expect(generation).toBe(1)
    expect(shop.lines.find(({ message }) => message === 'the assembly was not changed')?.fields).toMatchObject({
      code: 'CONFIG_TYPE',
      file: shop.path('moby.yaml'),
      line: 4,
    })
    expect((await whoServes(running)).pid).toBe(pid)
    await writeFile(shop.path('moby.yaml'), text.replace('user:', 'other:'))
    await expect(control.plan({})).rejects.toMatchObject({ code: 'ASSEMBLY_PROBLEMS' })
  })

  it('lets two lives of a contract that allows it overlap, so that no call waits', async () => {
    const shop = await Workshop.open()
    const deciding = (version: string) => `async create() {
      await new Promise((resolve) => setTimeout(resolve, 800))
      const authorize = async () => ({ allow: true, message: '${version}' })
      return { provides: { 'auth.authorize': { authorize, authorizeResponse: authorize } } }
    }`
    const described = 'provides: [{ contract: auth.authorize, version: 0.1.0, driver: a }]'
    await shop.component('judge', described, deciding('1'))
    await shop.version('judge', '2.0.0', described, deciding('2'))
    const judge = (version: number) => `use: t/judge, version: "${version}.x", mode: process`
    const running = await boot(shop, { judge: judge(1) })
    await change(shop, { judge: judge(2) })
    const judgement = async () => {
      const { message } = await running.handle(authAuthorize, 'a').authorize({
        principal: { name: 'me', method: 'socket', groups: [] },
        operation: { name: 'system.info', request: {} },
      })
      return message
    }
    const folder = shop.path('data/run/components/judge')
    const seen = new Set<string>()
    const over = new AbortController()
    const look = (async () => {
      for (; !over.signal.aborted; await sleep(10)) {
        const has = async (path: string) => (await readdir(path).catch((): string[] => [])).includes('socket')
        // The kernel's socket of a life is there before its process begins.
        const isBegun = (await readdir(`${folder}/next`).catch((): string[] => [])).includes('kernel')
        const answer = await judgement()
        seen.add(`${answer}${isBegun && !(await has(`${folder}/next`)) ? ' while another life starts' : ''}`)
      }
    })()
    const { plan } = await running.changes.apply()
    over.abort()
    await look
    expect(plan.steps).toMatchObject([{ action: 'replace', overlap: 'shared' }])
    expect([...seen]).toContain('1 while another life starts')
    expect(await judgement()).toBe('2')
    expect(await readdir(folder)).not.toContain('socket')
    expect(running.facts.members()).toMatchObject([{ version: '2.0.0', status: 'ready' }])
  })

  it('adds and removes entries for those who take many, and leaves modules to the next start', async () => {
    const shop = await shopWithVersions()
    await shop.component('other', volumes('o'), volumeDriver('o'))
    await shop.component(
      'looker',
      'provides: []\nrequires: [{ contract: storage.volume, range: ^0.1.0, many: true }]',
      `async create(context) {
        const { appendFileSync } = await import('node:fs')
        const drivers = context.many({ id: 'storage.volume', methods: { list: {} } })
        const look = () => appendFileSync(${JSON.stringify(shop.path('notes'))}, drivers.list().map(({ name }) => name).join() + '\\n')
        return { provides: {}, async reconfigure() { return look }, async start() { look() } }
      }`,
    )
    await shop.version(
      'looker',
      '2.0.0',
      'provides: []\nconfig: { type: object }',
      'async create() { return { provides: {} } }',
    )
    const looker = 'use: t/looker, version: 1.x'
    const running = await boot(shop, { keeper: keeper(1), looker })
    const { pid } = await whoServes(running)
    await change(shop, { keeper: keeper(1), looker, other: 'use: t/other, mode: process' })
    await running.changes.apply()
    expect((await whoServes(running)).pid).toBe(pid)
    const other = running.handle(storageVolume, 'o')
    await other.create({ name: 'x', options: {} })
    await change(shop, { keeper: keeper(1), looker: 'use: t/looker, version: 2.x' })
    const { plan } = await running.changes.apply()
    expect(plan.steps.map(({ name, action }) => `${name} ${action}`)).toEqual([
      'keeper keep',
      'looker wait',
      'other remove',
    ])
    await expect(other.list({})).rejects.toMatchObject({
      code: 'DRIVER_AWAY',
      message: 'The driver o of storage.volume is away: it was removed from the assembly',
    })
    expect(running.facts.members()).toMatchObject([
      { name: 'keeper', status: 'ready' },
      {
        name: 'looker',
        version: '1.0.0',
        pending: 't/looker 2.0.0 in mode module at the next start: it runs as a module, in the engine itself',
      },
    ])
    await running.stop('leave-containers')
    const again = await shop.start()
    expect(again.facts.members()).toMatchObject([{ name: 'keeper' }, { name: 'looker', version: '2.0.0' }])
  })

  it('is given up and taken back when the engine stops meanwhile', async () => {
    const shop = await shopWithVersions()
    const slow = 'await new Promise((resolve) => setTimeout(resolve, 1_500))'
    await shop.version('keeper', '4.0.0', `${volumes('k')}\n${config}`, volumeDriver('4', slow))
    const running = await boot(shop, { keeper: keeper(1) })
    await change(shop, { keeper: keeper(4) })
    const applied = running.changes.apply().catch((error: unknown) => error)
    await expect.poll(() => running.changes.last?.result).toBe('running')
    await expect(running.changes.apply()).rejects.toMatchObject({ code: 'APPLY_BUSY' })
    await sleep(300)
    expect(await running.stop('leave-containers')).toEqual([])
    expect(await applied).toMatchObject({ code: 'APPLY_FAILED' })
    expect(running.changes.list().map(({ number }) => number)).toEqual([1])
    const folder = shop.path('data/run/components/keeper')
    for (const each of [folder, `${folder}/next`]) {
      expect(await readdir(each).catch(() => [])).not.toContain('process.json')
    }
  })
})
