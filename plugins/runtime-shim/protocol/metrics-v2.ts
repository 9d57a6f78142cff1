import { message, nested, repeatedMessage, uint64, type MessageValue } from '@moby/lib-ttrpc'

const Pids = message('io.containerd.cgroups.v2.PidsStat', { current: uint64(1), limit: uint64(2) })

/** Times in microseconds. */
const Cpu = message('io.containerd.cgroups.v2.CPUStat', {
  usageUsec: uint64(1),
  userUsec: uint64(2),
  systemUsec: uint64(3),
  periods: uint64(4),
  throttledPeriods: uint64(5),
  throttledUsec: uint64(6),
})

/** Members up to `thp_collapse_alloc` have the names of `memory.stat`. */
const Memory = message('io.containerd.cgroups.v2.MemoryStat', {
  anon: uint64(1),
  file: uint64(2),
  kernel_stack: uint64(3),
  slab: uint64(4),
  sock: uint64(5),
  shmem: uint64(6),
  file_mapped: uint64(7),
  file_dirty: uint64(8),
  file_writeback: uint64(9),
  anon_thp: uint64(10),
  inactive_anon: uint64(11),
  active_anon: uint64(12),
  inactive_file: uint64(13),
  active_file: uint64(14),
  unevictable: uint64(15),
  slab_reclaimable: uint64(16),
  slab_unreclaimable: uint64(17),
  pgfault: uint64(18),
  pgmajfault: uint64(19),
  workingset_nodereclaim: uint64(22),
  pgrefill: uint64(23),
  pgscan: uint64(24),
  pgsteal: uint64(25),
  pgactivate: uint64(26),
  pgdeactivate: uint64(27),
  pglazyfree: uint64(28),
  pglazyfreed: uint64(29),
  thp_fault_alloc: uint64(30),
  thp_collapse_alloc: uint64(31),
  usage: uint64(32),
  usageLimit: uint64(33),
  maxUsage: uint64(36),
})

const IoEntry = message('io.containerd.cgroups.v2.IOEntry', {
  major: uint64(1),
  minor: uint64(2),
  readBytes: uint64(3),
  writtenBytes: uint64(4),
})
const Io = message('io.containerd.cgroups.v2.IOStat', { usage: repeatedMessage(1, IoEntry) })
const MemoryEvents = message('io.containerd.cgroups.v2.MemoryEvents', { oom: uint64(4), oomKill: uint64(5) })

/** Counters of a cgroup of version 2 (containerd/cgroups, cgroup2/stats/metrics.proto), as far as we tell them. */
export const MetricsV2 = message('io.containerd.cgroups.v2.Metrics', {
  pids: nested(1, Pids),
  cpu: nested(2, Cpu),
  memory: nested(4, Memory),
  io: nested(6, Io),
  memoryEvents: nested(8, MemoryEvents),
})
export type MetricsV2 = MessageValue<typeof MetricsV2>
