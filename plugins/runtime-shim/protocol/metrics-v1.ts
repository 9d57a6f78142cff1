import { message, nested, repeatedMessage, repeatedUint64, string, uint64, type MessageValue } from '@moby/lib-ttrpc'

const Usage = message('io.containerd.cgroups.v1.CPUUsage', {
  total: uint64(1),
  kernel: uint64(2),
  user: uint64(3),
  perCpu: repeatedUint64(4),
})
const Throttle = message('io.containerd.cgroups.v1.Throttle', {
  periods: uint64(1),
  throttledPeriods: uint64(2),
  throttledTime: uint64(3),
})
const Cpu = message('io.containerd.cgroups.v1.CPUStat', { usage: nested(1, Usage), throttling: nested(2, Throttle) })
const Pids = message('io.containerd.cgroups.v1.PidsStat', { current: uint64(1), limit: uint64(2) })

const MemoryEntry = message('io.containerd.cgroups.v1.MemoryEntry', {
  limit: uint64(1),
  usage: uint64(2),
  max: uint64(3),
  failcnt: uint64(4),
})

/** Members have the names of `memory.stat`. */
const Memory = message('io.containerd.cgroups.v1.MemoryStat', {
  cache: uint64(1),
  rss: uint64(2),
  rss_huge: uint64(3),
  mapped_file: uint64(4),
  dirty: uint64(5),
  writeback: uint64(6),
  pgpgin: uint64(7),
  pgpgout: uint64(8),
  pgfault: uint64(9),
  pgmajfault: uint64(10),
  inactive_anon: uint64(11),
  active_anon: uint64(12),
  inactive_file: uint64(13),
  active_file: uint64(14),
  unevictable: uint64(15),
  hierarchical_memory_limit: uint64(16),
  hierarchical_memsw_limit: uint64(17),
  total_cache: uint64(18),
  total_rss: uint64(19),
  total_rss_huge: uint64(20),
  total_mapped_file: uint64(21),
  total_dirty: uint64(22),
  total_writeback: uint64(23),
  total_pgpgin: uint64(24),
  total_pgpgout: uint64(25),
  total_pgfault: uint64(26),
  total_pgmajfault: uint64(27),
  total_inactive_anon: uint64(28),
  total_active_anon: uint64(29),
  total_inactive_file: uint64(30),
  total_active_file: uint64(31),
  total_unevictable: uint64(32),
  usage: nested(33, MemoryEntry),
})

const BlockIoEntry = message('io.containerd.cgroups.v1.BlkIOEntry', {
  op: string(1),
  major: uint64(3),
  minor: uint64(4),
  value: uint64(5),
})
const BlockIo = message('io.containerd.cgroups.v1.BlkIOStat', { serviceBytes: repeatedMessage(1, BlockIoEntry) })
const OomControl = message('io.containerd.cgroups.v1.MemoryOomControl', { oomKill: uint64(3) })

/** Counters of a cgroup of version 1 (containerd/cgroups, cgroup1/stats/metrics.proto), as far as we tell them. */
export const MetricsV1 = message('io.containerd.cgroups.v1.Metrics', {
  pids: nested(2, Pids),
  cpu: nested(3, Cpu),
  memory: nested(4, Memory),
  blkio: nested(5, BlockIo),
  oomControl: nested(9, OomControl),
})
export type MetricsV1 = MessageValue<typeof MetricsV1>
