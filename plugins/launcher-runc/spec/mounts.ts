import { existsSync } from 'node:fs'
import type { Grants } from '@moby/contracts'
import { refused } from './grant-error.ts'

/** A mount (runtime-spec config.md). */
export interface RuntimeMount {
  readonly destination: string
  readonly type: string
  readonly source: string
  readonly options: readonly string[]
}

const safe = ['nosuid', 'noexec', 'nodev']

/** What every container sees, of its own namespaces alone. */
const system: readonly RuntimeMount[] = [
  { destination: '/proc', type: 'proc', source: 'proc', options: safe },
  { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755', 'size=64k'] },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
  },
  { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: [...safe, 'mode=1777', 'size=64m'] },
  { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: safe },
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...safe, 'ro'] },
  { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: [...safe, 'relatime', 'ro'] },
]

/** All mounts in the order in which they are made: parents before children. Fails with LAUNCH_GRANT_INVALID. */
export function containerMounts(
  folders: readonly string[],
  { mounts = [], shareMounts = false }: Grants,
): RuntimeMount[] {
  const bind = (source: string, target: string, ...options: string[]): RuntimeMount => ({
    destination: target,
    type: 'bind',
    source,
    options: ['rbind', ...options, 'nosuid', 'nodev'],
  })
  for (const { source } of mounts) {
    if (!existsSync(source)) throw refused(`The mount of ${source} is granted, which this host does not have`)
  }
  const granted = mounts.map(({ source, target = source, readOnly }) =>
    bind(source, target, 'rprivate', readOnly ? 'ro' : 'rw'),
  )
  const own = folders.map((folder) => bind(folder, folder, shareMounts ? 'rshared' : 'rprivate', 'rw'))
  return [...system, ...[...granted, ...own].toSorted((a, b) => depth(a.destination) - depth(b.destination))]
}

function depth(path: string): number {
  return path.split('/').filter((part) => part !== '').length
}
