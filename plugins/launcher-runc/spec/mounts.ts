import { existsSync, realpathSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { ForeignMount, ForeignProgram, Grants } from '@moby/contracts'
import { mountsBelow } from '@moby/lib-linux'
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
  { mounts: foreign = [], sharedFolders = [] }: ForeignProgram,
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
  const granted = mounts.flatMap(({ source, target = source, readOnly }) => {
    if (!readOnly) return [bind(source, target, 'rprivate', 'rw')]
    // Runtimes make the uppermost of several mounts read-only, not those below it: each is one of its own here.
    const real = realpathSync(source)
    const places = new Set([real, ...mountsBelow(real)])
    return [...places].map((path) => readOnlyBind(path, join(target, relative(real, path))))
  })
  const own = folders.map((folder) => bind(folder, folder, shareMounts ? 'rshared' : 'rprivate', 'rw'))
  const shared = sharedFolders.map(({ source, target }) => ({
    destination: target,
    type: 'bind',
    source,
    options: ['rbind', 'rw', 'rshared'],
  }))
  const wanted = [...granted, ...own, ...shared, ...foreign.map(asItIs)]
  const replaced = new Set(foreign.map(({ target }) => target))
  return [
    ...system.filter(({ destination }) => !replaced.has(destination)),
    ...wanted.toSorted((a, b) => depth(a.destination) - depth(b.destination)),
  ]
}

/** Fails with LAUNCH_GRANT_INVALID for a bind mount of what is not there, which the runtime would make up. */
function asItIs({ type, source, target, options }: ForeignMount): RuntimeMount {
  const binds = type === 'bind' || options.some((option) => option === 'bind' || option === 'rbind')
  if (binds && !existsSync(source)) {
    throw refused(`The mount of ${source} is wanted, which this host does not have`, 'make it, or name another one')
  }
  return { destination: target, type, source, options }
}

function readOnlyBind(source: string, destination: string): RuntimeMount {
  return { destination, type: 'bind', source, options: ['bind', 'rprivate', 'ro', 'nosuid', 'nodev'] }
}

function depth(path: string): number {
  return path.split('/').filter((part) => part !== '').length
}
