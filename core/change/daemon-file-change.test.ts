import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { Workshop } from '../process/process-mode.fixture.ts'
import { partsSource } from '../testing/parts-source.ts'
import { writeAssembly } from './change.fixture.ts'

/** An assembly with one component, which notes each configuration that it takes, and a daemon.json over it. */
async function start() {
  const shop = await Workshop.open()
  const config = 'config: { type: object, properties: { metricsAddress: { type: string, default: none } } }'
  await shop.component(
    'meter',
    `provides: []\n${config}`,
    `async create({ config }) {
      const { appendFileSync } = await import('node:fs')
      const note = (text) => appendFileSync(${JSON.stringify(shop.path('notes'))}, text + '\\n')
      note(config.metricsAddress)
      return { provides: {}, reconfigure: async (next) => () => note(next.metricsAddress) }
    }`,
  )
  await writeAssembly(shop.folder, { meter: 'use: t/meter' }, [partsSource(shop.path('parts'))])
  const daemonFile = shop.path('daemon.json')
  const write = async (values: unknown) => await writeFile(daemonFile, JSON.stringify(values))
  await write({ 'metrics-addr': 'a:1' })
  let changes = 0
  const boot = async () => await shop.start({ daemonFile, onChanged: () => void (changes += 1) })
  return { shop, write, boot, changes: () => changes }
}

describe('a daemon.json over an assembly that runs', () => {
  it('is read at each change, is part of a generation, and is gone back to with it', async () => {
    const { shop, write, boot, changes } = await start()
    const running = await boot()
    expect(await shop.notes()).toEqual(['a:1'])
    await write({ 'metrics-addr': 'b:2', 'userland-proxy': false })
    expect((await running.changes.apply(undefined, 'reload')).generation).toBe(2)
    expect(running.generation.daemon?.file.values).toEqual({ 'metrics-addr': 'b:2', 'userland-proxy': false })
    await write({ 'metrics-addr': 'c:3' })
    await running.changes.rollback(1)
    expect(await shop.notes()).toEqual(['a:1', 'b:2', 'a:1'])
    expect(running.generation.daemon?.file.values).toEqual({ 'metrics-addr': 'a:1' })
    expect(changes()).toBe(2)
  })

  it('that sets nothing anew makes a generation of its own, and the same one none', async () => {
    const { shop, write, boot, changes } = await start()
    const running = await boot()
    expect((await running.changes.apply()).generation).toBe(1)
    await write({ 'metrics-addr': 'a:1', debug: undefined, 'log-level': 'debug' })
    expect((await running.changes.apply()).generation).toBe(2)
    expect(running.generation.daemon?.engine).toEqual({ logLevel: 'debug' })
    expect(await shop.notes()).toEqual(['a:1'])
    expect(changes()).toBe(2)
  })

  it('with a mistake leaves everything as it is', async () => {
    const { shop, write, boot, changes } = await start()
    const running = await boot()
    await write({ 'metrics-addr': 'b:2', metric: 1 })
    await expect(running.changes.apply()).rejects.toMatchObject({ code: 'DAEMON_KEY_UNKNOWN' })
    expect(running.generation.number).toBe(1)
    expect(await shop.notes()).toEqual(['a:1'])
    expect(changes()).toBe(0)
  })

  it('that differs from the one of the last run is told at the start', async () => {
    const { write, boot } = await start()
    await (await boot()).stop('leave-containers')
    const again = await boot()
    expect(again.differsFrom).toBeUndefined()
    await again.stop('leave-containers')
    await write({ 'metrics-addr': 'b:2' })
    expect((await boot()).differsFrom).toBe(1)
  })
})
