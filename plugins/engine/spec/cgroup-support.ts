import { existsSync, readFileSync } from 'node:fs'

/** What the cgroups of the host can limit. */
export interface CgroupSupport {
  readonly version: 1 | 2
  readonly memory: boolean
  readonly swap: boolean
  readonly oomKillDisable: boolean
  readonly cpuShares: boolean
  readonly cpuQuota: boolean
  readonly cpuRealtime: boolean
  readonly cpuset: boolean
  readonly pids: boolean
  readonly blkioWeight: boolean
  /** Of single block devices. */
  readonly blkioWeightDevice: boolean
  readonly blkioReadBps: boolean
  readonly blkioWriteBps: boolean
  readonly blkioReadIops: boolean
  readonly blkioWriteIops: boolean
  readonly namespaces: boolean
}

/** Looks at the mounted hierarchies below /sys/fs/cgroup. */
export function readCgroupSupport(root = '/sys/fs/cgroup'): CgroupSupport {
  const namespaces = existsSync('/proc/self/ns/cgroup')
  if (existsSync(`${root}/cgroup.controllers`)) {
    const controllers = readFileSync(`${root}/cgroup.controllers`, 'utf8').trim().split(' ')
    const memory = controllers.includes('memory')
    const io = controllers.includes('io')
    return {
      version: 2,
      memory,
      swap: memory,
      oomKillDisable: false,
      cpuShares: controllers.includes('cpu'),
      cpuQuota: controllers.includes('cpu'),
      cpuRealtime: false,
      cpuset: controllers.includes('cpuset'),
      pids: controllers.includes('pids'),
      blkioWeight: io,
      blkioWeightDevice: io,
      blkioReadBps: io,
      blkioWriteBps: io,
      blkioReadIops: io,
      blkioWriteIops: io,
      namespaces,
    }
  }
  const has = (path: string) => existsSync(`${root}/${path}`)
  return {
    version: 1,
    memory: has('memory/memory.limit_in_bytes'),
    swap: has('memory/memory.memsw.limit_in_bytes'),
    oomKillDisable: has('memory/memory.oom_control'),
    cpuShares: has('cpu/cpu.shares'),
    cpuQuota: has('cpu/cpu.cfs_quota_us'),
    cpuRealtime: has('cpu/cpu.rt_runtime_us'),
    cpuset: has('cpuset/cpuset.cpus'),
    pids: has('pids'),
    blkioWeight: has('blkio/blkio.weight') || has('blkio/blkio.bfq.weight'),
    blkioWeightDevice: has('blkio/blkio.weight_device') || has('blkio/blkio.bfq.weight_device'),
    blkioReadBps: has('blkio/blkio.throttle.read_bps_device'),
    blkioWriteBps: has('blkio/blkio.throttle.write_bps_device'),
    blkioReadIops: has('blkio/blkio.throttle.read_iops_device'),
    blkioWriteIops: has('blkio/blkio.throttle.write_iops_device'),
    namespaces,
  }
}
