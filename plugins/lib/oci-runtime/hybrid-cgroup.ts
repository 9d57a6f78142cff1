import { readFileSync, statfsSync } from 'node:fs'

const tmpfsMagic = 0x0102_1994
const cgroup2Magic = 0x6367_7270
const unified = '/sys/fs/cgroup/unified'

/**
 * True on a host with cgroup v1 whose v2 hierarchy, mounted beside it, has controllers left. crun then
 * takes the host for a pure v2 one and fails to make cgroups.
 */
export function hasHybridCgroups(): boolean {
  try {
    return (
      statfsSync('/sys/fs/cgroup').type === tmpfsMagic &&
      statfsSync(unified).type === cgroup2Magic &&
      readFileSync(`${unified}/cgroup.controllers`, 'utf8').trim() !== ''
    )
  } catch {
    return false
  }
}
