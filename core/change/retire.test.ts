import { rename, rm, writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import type { RunningAssembly } from '../kernel/boot-assembly.ts'
import { volumes, Workshop } from '../process/process-mode.fixture.ts'
import { partsSource } from '../testing/parts-source.ts'
import { changeLimits } from './change-limits.ts'
import { volumeDriver, writeAssembly } from './change.fixture.ts'

const change = { ...changeLimits, retiredEveryMs: 30 }

it('what is removed and still used stays for what uses it, also after a restart, until nobody does', async () => {
  const shop = await Workshop.open()
  await shop.component('keeper', volumes('k'), volumeDriver('1'))
  const held = shop.path('held')
  await shop.component(
    'engine',
    'provides: []\nrequires: [{ contract: storage.volume, range: ^0.1.0, many: true, optional: true }]',
    `async create(context) {
      const { existsSync, appendFileSync } = await import('node:fs')
      const drivers = context.many({ id: 'storage.volume', methods: { list: {} } })
      const look = async () => {
        const old = await drivers.get('k').list({}).then(() => 'works', ({ code }) => code)
        let fresh = 'works'
        try { drivers.get('k', 'new') } catch ({ code, message }) { fresh = code + ' ' + message }
        return [old, fresh, drivers.has('k', 'new'), drivers.list().length, drivers.list('object').length].join()
      }
      return {
        provides: {},
        holds: (contract, driver) =>
          contract === 'storage.volume' && driver === 'k' && existsSync(${JSON.stringify(held)}) ? ['container web'] : [],
        reconfigure: async () => () => void 0,
        async start() { context.assembly.watch(() => undefined); globalThis.lookAtDrivers = look },
      }
    }`,
  )
  const look = async () => await (globalThis as unknown as { lookAtDrivers: () => Promise<string> }).lookAtDrivers()
  const write = async (entries: Record<string, string>) =>
    await writeAssembly(shop.folder, entries, [partsSource(shop.path('parts'))])
  const statusOf = (running: RunningAssembly) =>
    running.facts.members().map(({ name, status, standing }) => [name, status, standing])
  const both = { keeper: 'use: t/keeper, mode: process', engine: 'use: t/engine' }
  await writeFile(held, '')
  await write(both)
  let running = await shop.start({ change })
  expect(await look()).toBe('works,works,true,1,1')
  await write({ engine: 'use: t/engine' })
  const { plan } = await running.changes.apply()
  expect(plan.steps).toMatchObject([
    { name: 'engine', action: 'keep' },
    { name: 'keeper', action: 'retire', because: 'still used by container web' },
  ])
  const removed = 'DRIVER_UNKNOWN There is no driver k of storage.volume any more: it was removed'
  const retired = [
    ['engine', 'ready', undefined],
    ['keeper', 'ready', 'retired'],
  ]
  expect(await look()).toBe(`works,${removed},false,0,1`)
  expect(statusOf(running)).toEqual(retired)
  await running.stop('leave-containers')
  // What is removed from an assembly is often removed from the disk too.
  await rename(shop.path('parts/keeper'), shop.path('keeper'))
  running = await shop.start({ change })
  expect(await look()).toBe(`works,${removed},false,0,1`)
  expect(statusOf(running)).toEqual(retired)
  await rename(shop.path('keeper'), shop.path('parts/keeper'))
  // It comes back as it is when the assembly has it again, and goes again.
  await write(both)
  expect((await running.changes.apply()).plan.steps.map(({ action }) => action)).toEqual(['keep', 'keep'])
  expect(await look()).toBe('works,works,true,1,1')
  await write({ engine: 'use: t/engine' })
  await running.changes.apply()
  await rm(held)
  await expect.poll(() => statusOf(running)).toEqual([['engine', 'ready', undefined]])
  expect(running.changes.list().at(-1)?.retired).toEqual([])
  await running.stop('leave-containers')
  running = await shop.start({ change })
  expect(statusOf(running)).toEqual([['engine', 'ready', undefined]])
})
