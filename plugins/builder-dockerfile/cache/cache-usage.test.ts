import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBuilder } from '../builder-service.ts'
import { Bench, buildFiles } from '../testing/bench.ts'

let bench: Bench
beforeEach(() => void (bench = new Bench()))
afterEach(() => bench.close())

const steps = { Dockerfile: 'FROM scratch\nLABEL a=1\nLABEL b=2\nLABEL c=3\n' }
const cached = (told: readonly { stream?: string }[]) =>
  told.filter(({ stream }) => stream?.includes('Using cache')).length

test('images of steps that others were made of are told, and pruned last of all', async () => {
  const builder = await bench.builder()
  await buildFiles(builder, steps)
  const { entries } = await builder.usage({})
  expect(entries).toHaveLength(3)
  expect(entries.filter(({ parents }) => parents.length === 1)).toHaveLength(2)
  expect((await builder.prune({ all: true })).removed).toHaveLength(3)
  expect(bench.images.size).toBe(0)
})

test('a prune that leaves something leaves the records of steps that have no name', async () => {
  const builder = await bench.builder()
  await buildFiles(builder, steps, { tags: ['named'] })
  expect((await builder.prune({})).removed).toEqual([])
  expect(cached(await buildFiles(builder, steps))).toBe(3)
})

test('a prune takes nothing from a build under way', async () => {
  const builder = await bench.builder()
  let pruned: readonly string[] | undefined
  bench.onRun = async () => {
    const { entries } = await builder.usage({})
    expect(entries.map(({ inUse }) => inUse)).toEqual([true])
    pruned = (await builder.prune({ all: true })).removed
    return 0
  }
  await buildFiles(builder, { Dockerfile: 'FROM scratch\nLABEL a=1\nRUN x\nLABEL b=2\n' })
  expect(pruned).toEqual([])
  expect((await builder.prune({ all: true })).removed).toHaveLength(3)
})

test('a build takes no step from the cache while it is being removed', async () => {
  const builder = createBuilder(await bench.parts())
  const one = { Dockerfile: 'FROM scratch\nLABEL a=1\n' }
  await buildFiles(builder, one)
  let during: readonly { stream?: string }[] = []
  bench.onRemove = async () => {
    bench.onRemove = () => undefined
    during = await buildFiles(builder, one)
  }
  await builder.prune({ all: true })
  expect(during.length).toBeGreaterThan(0)
  expect(cached(during)).toBe(0)
})
