import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HealthMonitor } from './health-monitor.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function monitor(results: (number | 'late')[], check: object = {}) {
  const changes: string[] = []
  const health = new HealthMonitor({
    check: { test: ['CMD', 'x'], intervalNs: 1e9, retries: 2, ...check },
    probe: async () => {
      const result = results.shift() ?? 0
      return result === 'late' ? undefined : { exitCode: result, output: 'out' }
    },
    onChange: (status) => changes.push(status),
  })
  return { health, changes }
}

test('a container is unhealthy after so many failures, and healthy after one success', async () => {
  const { health, changes } = monitor([0, 1, 'late', 0])
  await vi.advanceTimersByTimeAsync(1000)
  expect(health.show()).toMatchObject({ status: 'healthy', failingStreak: 0 })
  await vi.advanceTimersByTimeAsync(2000)
  expect(health.show()).toMatchObject({ status: 'unhealthy', failingStreak: 2 })
  expect(health.show().log.at(-1)).toMatchObject({ exitCode: -1, output: 'Health check exceeded timeout (30s)' })
  await vi.advanceTimersByTimeAsync(1000)
  expect(changes).toEqual(['healthy', 'unhealthy', 'healthy'])
  health.stop()
})

test('failures while it starts do not count', async () => {
  const { health, changes } = monitor([1, 1, 1, 1, 1, 1], { startPeriodNs: 3.5e9, startIntervalNs: 1e9 })
  await vi.advanceTimersByTimeAsync(3000)
  expect(health.show()).toMatchObject({ status: 'starting', failingStreak: 0 })
  await vi.advanceTimersByTimeAsync(2000)
  expect(changes).toEqual(['unhealthy'])
  health.stop()
})

test('only the last five results are kept, and nothing runs after stop', async () => {
  const { health } = monitor([])
  await vi.advanceTimersByTimeAsync(8000)
  expect(health.show().log).toHaveLength(5)
  health.stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(vi.getTimerCount()).toBe(0)
})
