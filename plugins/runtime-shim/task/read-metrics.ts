import type { TaskStats } from '@moby/contracts'
import type { Any } from '@moby/lib-ttrpc'
import { codedError } from '@moby/contracts'
import { MetricsV1 } from '../protocol/metrics-v1.ts'
import { MetricsV2 } from '../protocol/metrics-v2.ts'

/** Counters of a task, and how often the kernel killed in it for lack of memory. */
export interface Metrics {
  readonly stats: TaskStats
  readonly oomKills: number
}

/** Limits at or above this are the kernel's way of saying none: the largest count of pages, in bytes. */
const unlimited = 0x7fff_ffff_ffff_f000

/** Reads what a shim answers on Stats, of cgroup v1 or v2. Fails with RUNTIME_FAILED on anything else. */
export function readMetrics(any: Any | undefined): Metrics {
  if (any?.typeUrl.endsWith(MetricsV1.name) === true) return fromV1(MetricsV1.decode(any.value))
  if (any?.typeUrl.endsWith(MetricsV2.name) === true) return fromV2(MetricsV2.decode(any.value))
  throw codedError('RUNTIME_FAILED', `The shim counts in a form that is not known: ${any?.typeUrl ?? 'none'}`)
}

function fromV1({ pids, cpu, memory, blkio, oomControl }: MetricsV1): Metrics {
  const { usage, ...counters } = memory ?? {}
  return {
    oomKills: oomControl?.oomKill ?? 0,
    stats: {
      readAt: new Date().toISOString(),
      cpu: {
        totalNs: cpu?.usage?.total ?? 0,
        userNs: cpu?.usage?.user ?? 0,
        systemNs: cpu?.usage?.kernel ?? 0,
        perCpuNs: cpu?.usage?.perCpu ?? [],
        throttlePeriods: cpu?.throttling?.periods ?? 0,
        throttledPeriods: cpu?.throttling?.throttledPeriods ?? 0,
        throttledNs: cpu?.throttling?.throttledTime ?? 0,
      },
      ...(memory === undefined
        ? {}
        : {
            memory: {
              usage: usage?.usage ?? 0,
              maxUsage: usage?.max ?? 0,
              failures: usage?.failcnt ?? 0,
              ...limit(usage?.limit),
              stats: counters as Record<string, number>,
            },
          }),
      ...(pids === undefined ? {} : { pids: { current: pids.current, ...limit(pids.limit) } }),
      blockIo: (blkio?.serviceBytes ?? []).map(({ op, major, minor, value }) => ({
        major,
        minor,
        operation: op,
        bytes: value,
      })),
    },
  }
}

function fromV2({ pids, cpu, memory, io, memoryEvents }: MetricsV2): Metrics {
  const { usage, usageLimit, maxUsage, ...counters } = memory ?? {}
  return {
    oomKills: memoryEvents?.oomKill ?? 0,
    stats: {
      readAt: new Date().toISOString(),
      cpu: {
        totalNs: (cpu?.usageUsec ?? 0) * 1000,
        userNs: (cpu?.userUsec ?? 0) * 1000,
        systemNs: (cpu?.systemUsec ?? 0) * 1000,
        throttlePeriods: cpu?.periods ?? 0,
        throttledPeriods: cpu?.throttledPeriods ?? 0,
        throttledNs: (cpu?.throttledUsec ?? 0) * 1000,
      },
      ...(memory === undefined
        ? {}
        : {
            memory: {
              usage: usage ?? 0,
              // Kernels before 5.19 have no memory.peak.
              ...(maxUsage === undefined || maxUsage === 0 ? {} : { maxUsage }),
              failures: memoryEvents?.oom ?? 0,
              ...limit(usageLimit),
              stats: counters as Record<string, number>,
            },
          }),
      ...(pids === undefined ? {} : { pids: { current: pids.current, ...limit(pids.limit) } }),
      blockIo: (io?.usage ?? []).flatMap(({ major, minor, readBytes, writtenBytes }) => [
        { major, minor, operation: 'read', bytes: readBytes },
        { major, minor, operation: 'write', bytes: writtenBytes },
      ]),
    },
  }
}

function limit(value: number | undefined): { limit?: number } {
  return value === undefined || value === 0 || value >= unlimited ? {} : { limit: value }
}
