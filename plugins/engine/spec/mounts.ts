import type { ContainerSpec, MountSpec } from '@moby/contracts'
import type { RuntimeMount } from './oci.ts'
import { tmpfsOptions } from './tmpfs-options.ts'

/** A mount of the user with everything settled: where a volume really is. */
export interface SettledMount {
  readonly spec: MountSpec
  readonly target: string
  /** Path on the host; empty for a tmpfs. */
  readonly source: string
  /** Whether a read-only mount is so with all that is mounted below it. */
  readonly isReadOnlyBelow?: boolean
}

/** Files that the engine writes for each container, by path inside. */
export interface ContainerFiles {
  readonly resolvConf?: string | undefined
  readonly hosts?: string | undefined
  readonly hostname?: string | undefined
}

export interface MountFacts {
  readonly spec: ContainerSpec
  readonly mounts: readonly SettledMount[]
  readonly files: ContainerFiles
  readonly initBinary?: string | undefined
  /** Host folder for /dev/shm; absent for one of the container's own. */
  readonly shmFolder?: string | undefined
  readonly shmSizeBytes: number
  readonly hostCgroupns: boolean
}

export const initPathInside = '/sbin/docker-init'

/** All mounts of a container in the order in which the runtime performs them: parents before children. */
export function buildMounts(facts: MountFacts): RuntimeMount[] {
  const user = facts.mounts.map(toRuntimeMount)
  const taken = new Set(facts.mounts.map((mount) => mount.target))
  // Who mounts a /dev of his own gets nothing of the engine's in it.
  const isTaken = (path: string) => taken.has(path) || (taken.has('/dev') && path.startsWith('/dev/'))
  const defaults = systemMounts(facts).filter((mount) => !isTaken(mount.destination))
  const files = fileMounts(facts).filter((mount) => !taken.has(mount.destination))
  return [...defaults, ...[...user, ...files].sort((a, b) => depth(a.destination) - depth(b.destination))]
}

function systemMounts({ spec, shmFolder, shmSizeBytes }: MountFacts): RuntimeMount[] {
  const access = spec.privileged === true ? 'rw' : 'ro'
  const safe = ['nosuid', 'noexec', 'nodev']
  const mounts: RuntimeMount[] = [
    { destination: '/proc', type: 'proc', source: 'proc', options: safe },
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
    },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
    },
    { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...safe, access] },
    { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: [access, ...safe] },
  ]
  // In the IPC namespace of the host this shows the host's queues, also on a host that has not mounted them.
  mounts.push({ destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: safe })
  if (spec.ipcMode === 'none') return mounts
  mounts.push(
    shmFolder === undefined
      ? {
          destination: '/dev/shm',
          type: 'tmpfs',
          source: 'shm',
          options: [...safe, 'mode=1777', `size=${shmSizeBytes}`],
        }
      : { destination: '/dev/shm', type: 'bind', source: shmFolder, options: ['rbind', 'rprivate', ...safe] },
  )
  return mounts
}

function fileMounts({ spec, files, initBinary }: MountFacts): RuntimeMount[] {
  const access = spec.readOnlyRoot === true ? 'ro' : 'rw'
  const mounts: RuntimeMount[] = []
  const add = (destination: string, source: string | undefined, mode: string) => {
    if (source !== undefined) mounts.push({ destination, type: 'bind', source, options: ['rbind', 'rprivate', mode] })
  }
  add('/etc/resolv.conf', files.resolvConf, access)
  add('/etc/hostname', files.hostname, access)
  add('/etc/hosts', files.hosts, access)
  add(initPathInside, initBinary, 'ro')
  return mounts
}

function toRuntimeMount({ spec, target, source, isReadOnlyBelow }: SettledMount): RuntimeMount {
  if (spec.type === 'tmpfs') return { destination: target, type: 'tmpfs', source: 'tmpfs', options: tmpfsOptions(spec) }
  const recursive = spec.nonRecursive === true ? 'bind' : 'rbind'
  const access = spec.readOnly === true ? ['ro', ...(isReadOnlyBelow === true ? ['rro'] : [])] : ['rw']
  return {
    destination: target,
    type: 'bind',
    source,
    options: [recursive, ...access, spec.propagation ?? 'rprivate'],
  }
}

function depth(path: string): number {
  return path.split('/').filter((part) => part !== '').length
}

/** The propagation that the root must have so that a mount of the user can be shared or a slave. */
export function rootPropagation(mounts: readonly SettledMount[]): string | undefined {
  const asked = new Set(mounts.map((mount) => mount.spec.propagation))
  if (asked.has('shared') || asked.has('rshared')) return 'shared'
  return asked.has('slave') || asked.has('rslave') ? 'rslave' : undefined
}
