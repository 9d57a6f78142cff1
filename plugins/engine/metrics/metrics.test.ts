import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { EngineMetrics } from './engine-metrics.ts'
import { Histogram } from './histogram.ts'
import { measured } from './measured.ts'

class Worker {
  readonly #made: string[] = []

  async create(name: string): Promise<number> {
    await sleep(1)
    if (name === '') throw new Error('no name')
    return this.#made.push(name)
  }

  async *watch(): AsyncIterable<number> {
    yield* [1, 2]
  }

  get made(): readonly string[] {
    return this.#made
  }
}

const counts = (histogram: Histogram) =>
  Object.fromEntries(histogram.samples().map(({ labels, count }) => [labels['action'], count]))

test('a histogram counts an observation in its bucket and all above, and tells what it knows from the beginning', () => {
  const histogram = new Histogram('action', ['start'])
  for (const seconds of [0.001, 0.005, 0.3, 99]) histogram.observe('create', seconds)
  const [start, create] = histogram.samples()
  expect(start).toMatchObject({ labels: { action: 'start' }, count: 0, sum: 0 })
  expect(create?.count).toBe(4)
  expect(create?.sum).toBeCloseTo(99.306)
  expect(Object.fromEntries((create?.buckets ?? []).map(({ le, count }) => [le, count]))).toMatchObject({
    '0.005': 2,
    '0.25': 2,
    '0.5': 3,
    '10': 3,
    '+Inf': 4,
  })
})

test('what goes well is timed, what fails is not, and the object is otherwise as it was', async () => {
  const histogram = new Histogram('action', [])
  const worker = measured(new Worker(), { create: 'make', watch: 'watch' }, histogram)
  expect(await worker.create('a')).toBe(1)
  await expect(worker.create('')).rejects.toThrow('no name')
  expect(worker.made).toEqual(['a'])
  expect(counts(histogram)).toEqual({ make: 1 })
  expect(histogram.samples()[0]?.sum).toBeGreaterThan(0)
})

test('a stream is timed until its end, and not at all when nobody reads it to its end', async () => {
  const histogram = new Histogram('action', [])
  const worker = measured(new Worker(), { watch: 'watch' }, histogram)
  for await (const item of worker.watch()) if (item === 1) break
  expect(counts(histogram)).toEqual({})
  const items: number[] = []
  for await (const item of worker.watch()) items.push(item)
  expect(items).toEqual([1, 2])
  expect(counts(histogram)).toEqual({ watch: 1 })
})

test('probes of health are counted, those that failed twice', () => {
  const metrics = new EngineMetrics()
  for (const isHealthy of [true, false, true]) metrics.countHealthCheck(isHealthy)
  const families = metrics.tell({
    containers: { running: 1, paused: 0, stopped: 2 },
    eventListeners: 4,
    events: 7,
    cpus: 2,
    memoryBytes: 9,
    engine: { version: '1' },
  })
  const value = (name: string) => families.find((each) => each.name === name)?.samples.map((each) => each.value)
  expect(value('engine_daemon_health_checks_total')).toEqual([3])
  expect(value('engine_daemon_health_checks_failed_total')).toEqual([1])
  expect(value('engine_daemon_container_states_containers')).toEqual([1, 0, 2])
  expect(value('engine_daemon_events_total')).toEqual([7])
  expect(value('engine_daemon_events_subscribers_total')).toEqual([4])
})
