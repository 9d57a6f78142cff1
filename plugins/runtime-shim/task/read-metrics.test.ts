import { packAny } from '@moby/lib-ttrpc'
import { expect, test } from 'vitest'
import { MetricsV1 } from '../protocol/metrics-v1.ts'
import { MetricsV2 } from '../protocol/metrics-v2.ts'
import { readMetrics } from './read-metrics.ts'

const memoryV1 = Object.fromEntries(
  Object.keys(MetricsV1.decode(MetricsV1.encode({ memory: {} as never })).memory ?? {}).map((key) => [key, 0]),
)

test('counters of cgroup v1 keep their names, and no limit is told where there is none', () => {
  const { stats, oomKills } = readMetrics(
    packAny(MetricsV1, {
      pids: { current: 3, limit: 0 },
      cpu: {
        usage: { total: 30, kernel: 10, user: 20, perCpu: [14, 16] },
        throttling: { periods: 5, throttledPeriods: 2, throttledTime: 7 },
      },
      memory: {
        ...(memoryV1 as unknown as NonNullable<MetricsV1['memory']>),
        cache: 4096,
        usage: { limit: 0x7fff_ffff_ffff_f000, usage: 8192, max: 9000, failcnt: 1 },
      },
      blkio: { serviceBytes: [{ op: 'Read', major: 8, minor: 0, value: 512 }] },
      oomControl: { oomKill: 1 },
    }),
  )
  expect(oomKills).toBe(1)
  expect(stats).toMatchObject({
    cpu: { totalNs: 30, systemNs: 10, userNs: 20, perCpuNs: [14, 16], throttlePeriods: 5, throttledNs: 7 },
    memory: { usage: 8192, maxUsage: 9000, failures: 1, stats: { cache: 4096 } },
    pids: { current: 3 },
    blockIo: [{ major: 8, minor: 0, operation: 'Read', bytes: 512 }],
  })
  expect(stats.memory).not.toHaveProperty('limit')
  expect(stats.pids).not.toHaveProperty('limit')
})

test('counters of cgroup v2 come in the same form', () => {
  const { stats, oomKills } = readMetrics(
    packAny(MetricsV2, {
      pids: { current: 3, limit: 10 },
      cpu: { usageUsec: 30, userUsec: 20, systemUsec: 10, periods: 0, throttledPeriods: 0, throttledUsec: 0 },
      io: { usage: [{ major: 8, minor: 0, readBytes: 1, writtenBytes: 2 }] },
      memoryEvents: { oom: 2, oomKill: 1 },
    }),
  )
  expect(oomKills).toBe(1)
  expect(stats).toMatchObject({
    cpu: { totalNs: 30_000, userNs: 20_000, systemNs: 10_000 },
    pids: { current: 3, limit: 10 },
    blockIo: [
      { operation: 'read', bytes: 1 },
      { operation: 'write', bytes: 2 },
    ],
  })
  expect(stats).not.toHaveProperty('memory')
})

test('another form is refused', () => {
  const failed = expect.objectContaining({ code: 'RUNTIME_FAILED' }) as Error
  expect(() => readMetrics({ typeUrl: 'x', value: new Uint8Array(0) })).toThrow(failed)
  expect(() => readMetrics(undefined)).toThrow(failed)
})
