import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { storageVolume } from '@moby/contracts'
import { expect, it } from 'vitest'
import type { RunningAssembly } from '../kernel/boot-assembly.ts'
import { volumes, Workshop } from '../process/process-mode.fixture.ts'
import { partsSource } from '../testing/parts-source.ts'
import { volumeDriver, writeAssembly } from './change.fixture.ts'

const keeper = 'use: t/keeper, mode: process'
/** A driver that does not find what it has made. */
const broken = volumeDriver('broken', 'driver.list = async () => ({ volumes: [] })')

async function shopWith(component: (shop: Workshop) => Promise<void>) {
  const shop = await Workshop.open()
  await component(shop)
  const write = async (entries: Record<string, string>, more = '') => {
    const file = await writeAssembly(shop.folder, entries, [partsSource(shop.path('parts'))])
    await writeFile(file, `${await readFile(file, 'utf8')}${more}`)
  }
  return { shop, write }
}

async function whoServes(running: RunningAssembly): Promise<{ version: string; pid: number }> {
  const driver = running.handle(storageVolume, 'k')
  await driver.create({ name: 'kept', options: {} })
  return (await driver.get({ name: 'kept' })).volume.status as { version: string; pid: number }
}

it('files that were edited in place are those of then again: after a change that failed, a crash and a rollback', async () => {
  const edit = async (code: string) => await shop.component('keeper', volumes('k'), code)
  const { shop, write } = await shopWith(
    async (each) => await each.component('keeper', volumes('k'), volumeDriver('1')),
  )
  await write({ keeper })
  const running = await shop.start()
  const version = async () => (await whoServes(running)).version
  expect(await version()).toBe('1')
  await edit(broken)
  await write({ keeper })
  await expect(running.changes.apply()).rejects.toMatchObject({ code: 'APPLY_FAILED' })
  expect(await version()).toBe('1')
  await edit(volumeDriver('2'))
  await write({ keeper })
  await running.changes.apply()
  const { pid } = await whoServes(running)
  await edit(volumeDriver('3'))
  process.kill(pid, 'SIGKILL')
  await expect.poll(async () => (await whoServes(running)).pid).not.toBe(pid)
  expect(await version()).toBe('2')
  const { plan } = await running.changes.rollback()
  expect(plan.steps).toMatchObject([{ name: 'keeper', action: 'replace', changes: ['files'] }])
  expect(await version()).toBe('1')
  await rm(shop.path('parts'), { recursive: true })
  await running.changes.rollback(2)
  expect(await version()).toBe('2')
})

it('a module is added, and comes back by a rollback, with the files of its generation', async () => {
  const code = (version: string, shop: Workshop) => `async create() {
    const { appendFileSync } = await import('node:fs')
    appendFileSync(${JSON.stringify(shop.path('notes'))}, '${version}\\n')
    return { provides: {} }
  }`
  const { shop, write } = await shopWith(async (each) => {
    await each.component('tool', 'provides: []', code('1', each))
    await each.component('other', 'provides: []', 'async create() { return { provides: {} } }')
  })
  await write({ tool: 'use: t/tool', other: 'use: t/other' })
  const running = await shop.start()
  const without = async () => {
    await write({ other: 'use: t/other' })
    await running.changes.apply()
  }
  await without()
  // The place is one from which this process has loaded other files.
  await shop.component('tool', 'provides: []', code('2', shop))
  await write({ tool: 'use: t/tool', other: 'use: t/other' })
  await running.changes.apply()
  await without()
  await running.changes.rollback(1)
  expect(await shop.notes()).toEqual(['1', '2', '1'])
  expect(running.facts.members()).toMatchObject([{ name: 'tool', status: 'ready' }, { name: 'other' }])
})

it('a rollback whose kept files are damaged or gone is refused, says what would help, and changes nothing', async () => {
  const { shop, write } = await shopWith(
    async (each) => await each.component('keeper', volumes('k'), volumeDriver('1')),
  )
  await write({ keeper })
  const running = await shop.start()
  const parts = shop.path('data/payloads/parts')
  const [first = ''] = await readdir(parts)
  await shop.component('keeper', volumes('k'), volumeDriver('2'))
  await write({ keeper })
  await running.changes.apply()
  const { pid } = await whoServes(running)
  await writeFile(join(parts, first), 'x')
  await expect(running.changes.rollback()).rejects.toMatchObject({
    code: 'PAYLOAD_DAMAGED',
    message: expect.stringContaining(join(parts, first)) as string,
    hint: expect.stringContaining(`remove ${join(parts, first)}`) as string,
  })
  await rm(shop.path('data/payloads/components'), { recursive: true })
  await expect(running.changes.rollback()).rejects.toMatchObject({
    code: 'PAYLOAD_CHANGED',
    hint: 'restore the files as they were then: they are not kept in the data root',
  })
  expect(await whoServes(running)).toEqual({ version: '2', pid, size: undefined })
  expect(running.changes.list()).toHaveLength(2)
})

it('files are kept as long as a generation that one can go back to has them', async () => {
  const plain = (version: string) => `async create() { return { provides: {} } } /* ${version} */`
  const { shop, write } = await shopWith(async (each) => await each.component('tool', 'provides: []', plain('1')))
  await write({ tool: 'use: t/tool' })
  const running = await shop.start()
  const kept = async () => (await readdir(shop.path('data/payloads/parts'))).length
  expect(await kept()).toBe(1)
  // Another configuration text is another generation; ten are kept.
  for (let change = 2; change <= 12; change += 1) {
    await shop.component('tool', 'provides: []', plain(change < 4 ? '2' : '3'))
    await write({ tool: 'use: t/tool' }, `# ${change}\n`)
    await running.changes.apply()
  }
  // No generation has the first any more, but it still runs: a module waits for the next start.
  expect(running.changes.list()).toHaveLength(10)
  expect(await kept()).toBe(3)
  await running.stop('leave-containers')
  const again = await shop.start()
  await write({ tool: 'use: t/tool' }, '# 13\n')
  await again.changes.apply()
  expect(await kept()).toBe(1)
})
