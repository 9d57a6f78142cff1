import type { ItemOf, TaskStats, engineContainers } from '@moby/contracts'
import { never } from '../wire/moment.ts'

type Reading = ItemOf<typeof engineContainers, 'stats'>

/** One reading of GET /containers/{id}/stats. A container without processes has the zero reading. */
export function statsShape(reading: Reading): Record<string, unknown> {
  const { task, previous } = reading
  return {
    name: `/${reading.name}`,
    id: reading.id,
    read: task?.readAt ?? never,
    preread: previous?.readAt ?? never,
    pids_stats: {
      ...(task?.pids === undefined ? {} : { current: task.pids.current }),
      ...(task?.pids?.limit === undefined ? {} : { limit: task.pids.limit }),
    },
    blkio_stats: blockIoShape(task),
    num_procs: 0,
    storage_stats: {},
    cpu_stats: cpuShape(task, reading.systemCpuNs, reading.onlineCpus),
    precpu_stats: cpuShape(previous, reading.previousSystemCpuNs, reading.onlineCpus),
    memory_stats: memoryShape(task, reading.hostMemoryBytes),
    ...(reading.networks === undefined ? {} : { networks: networksShape(reading.networks) }),
  }
}

function cpuShape(task: TaskStats | undefined, systemNs: number | undefined, onlineCpus: number) {
  return {
    cpu_usage: {
      total_usage: task?.cpu.totalNs ?? 0,
      ...(task?.cpu.perCpuNs === undefined ? {} : { percpu_usage: task.cpu.perCpuNs }),
      usage_in_kernelmode: task?.cpu.systemNs ?? 0,
      usage_in_usermode: task?.cpu.userNs ?? 0,
    },
    ...(task === undefined || systemNs === undefined ? {} : { system_cpu_usage: systemNs, online_cpus: onlineCpus }),
    throttling_data: {
      periods: task?.cpu.throttlePeriods ?? 0,
      throttled_periods: task?.cpu.throttledPeriods ?? 0,
      throttled_time: task?.cpu.throttledNs ?? 0,
    },
  }
}

/** Without a limit of its own a container has the host's memory. */
function memoryShape(task: TaskStats | undefined, hostMemory: number): Record<string, unknown> {
  const memory = task?.memory
  if (memory === undefined) return {}
  const limit = memory.limit === undefined ? hostMemory : Math.min(memory.limit, hostMemory)
  return {
    usage: memory.usage,
    ...(memory.maxUsage === undefined ? {} : { max_usage: memory.maxUsage }),
    stats: memory.stats,
    ...(memory.failures === undefined || memory.failures === 0 ? {} : { failcnt: memory.failures }),
    limit,
  }
}

function blockIoShape(task: TaskStats | undefined): Record<string, unknown> {
  return {
    io_service_bytes_recursive:
      task?.blockIo?.map(({ major, minor, operation, bytes }) => ({ major, minor, op: operation, value: bytes })) ??
      null,
    io_serviced_recursive: [],
    io_queue_recursive: [],
    io_service_time_recursive: [],
    io_wait_time_recursive: [],
    io_merged_recursive: [],
    io_time_recursive: [],
    sectors_recursive: [],
  }
}

function networksShape(networks: NonNullable<Reading['networks']>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(networks).map(([name, counters]) => [
      name,
      {
        rx_bytes: counters.rxBytes,
        rx_packets: counters.rxPackets,
        rx_errors: counters.rxErrors,
        rx_dropped: counters.rxDropped,
        tx_bytes: counters.txBytes,
        tx_packets: counters.txPackets,
        tx_errors: counters.txErrors,
        tx_dropped: counters.txDropped,
      },
    ]),
  )
}
