import { anyObject, int64, list, mapOf, moment, object, orNull, text } from './schema.ts'

const cpu = object(
  {
    cpu_usage: object(
      { total_usage: int64, usage_in_kernelmode: int64, usage_in_usermode: int64 },
      { percpu_usage: list(int64) },
    ),
    throttling_data: object({ periods: int64, throttled_periods: int64, throttled_time: int64 }),
  },
  { system_cpu_usage: int64, online_cpus: int64 },
)

const blockIo = list(object({ major: int64, minor: int64, op: text, value: int64 }))

const network = object({
  rx_bytes: int64,
  rx_packets: int64,
  rx_errors: int64,
  rx_dropped: int64,
  tx_bytes: int64,
  tx_packets: int64,
  tx_errors: int64,
  tx_dropped: int64,
})

/** One reading of a container's use of the host. */
export const ContainerStats = object(
  {
    name: text,
    id: text,
    read: moment,
    preread: moment,
    pids_stats: object({}, { current: int64, limit: int64 }),
    blkio_stats: object({
      io_service_bytes_recursive: orNull(blockIo),
      io_serviced_recursive: orNull(blockIo),
      io_queue_recursive: orNull(blockIo),
      io_service_time_recursive: orNull(blockIo),
      io_wait_time_recursive: orNull(blockIo),
      io_merged_recursive: orNull(blockIo),
      io_time_recursive: orNull(blockIo),
      sectors_recursive: orNull(blockIo),
    }),
    num_procs: int64,
    storage_stats: anyObject,
    cpu_stats: cpu,
    precpu_stats: cpu,
    memory_stats: object({}, { usage: int64, max_usage: int64, stats: mapOf(int64), failcnt: int64, limit: int64 }),
  },
  { networks: mapOf(network) },
)
