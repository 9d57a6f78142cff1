import { Type, type Static } from 'typebox'
import { Int64, StringMap, Strings, Uint32, Words } from '../schemas.ts'
import { LinuxResources } from './resources.ts'
import { Seccomp } from './seccomp.ts'

export const IdMapping = Type.Object({ containerID: Uint32, hostID: Uint32, size: Uint32 })
export type IdMapping = Static<typeof IdMapping>

export const NamespaceType = Words(['mount', 'pid', 'network', 'uts', 'ipc', 'user', 'cgroup', 'time'])
export type NamespaceType = Static<typeof NamespaceType>

/** A new namespace, or with `path` an existing one. */
export const Namespace = Type.Object({ type: NamespaceType, path: Type.Optional(Type.String()) })
export type Namespace = Static<typeof Namespace>

export const Device = Type.Object({
  /** Character, block, unbuffered character, FIFO. */
  type: Type.String({ pattern: '^[cbup]$' }),
  path: Type.String(),
  /** Permission bits. */
  fileMode: Type.Optional(Type.Integer({ minimum: 0, maximum: 0o777 })),
  major: Type.Optional(Int64),
  minor: Type.Optional(Int64),
  uid: Type.Optional(Uint32),
  gid: Type.Optional(Uint32),
})
export type Device = Static<typeof Device>

const IntelRdt = Type.Object({
  closID: Type.Optional(Type.String()),
  schemata: Type.Optional(Strings),
  l3CacheSchema: Type.Optional(Type.String()),
  memBwSchema: Type.Optional(Type.String({ pattern: '^MB:[^\\n]*$' })),
  enableMonitoring: Type.Optional(Type.Boolean()),
})

const MemoryPolicy = Type.Object({
  mode: Type.Optional(
    Words([
      'MPOL_DEFAULT',
      'MPOL_BIND',
      'MPOL_INTERLEAVE',
      'MPOL_WEIGHTED_INTERLEAVE',
      'MPOL_PREFERRED',
      'MPOL_PREFERRED_MANY',
      'MPOL_LOCAL',
    ]),
  ),
  nodes: Type.Optional(Type.String()),
  flags: Type.Optional(Type.Array(Words(['MPOL_F_NUMA_BALANCING', 'MPOL_F_RELATIVE_NODES', 'MPOL_F_STATIC_NODES']))),
})

const TimeOffset = Type.Object({ secs: Type.Optional(Int64), nanosecs: Type.Optional(Uint32) })

/** The Linux part of `config.json` (runtime-spec, config-linux.md). */
export const Linux = Type.Object({
  namespaces: Type.Optional(Type.Array(Namespace)),
  uidMappings: Type.Optional(Type.Array(IdMapping)),
  gidMappings: Type.Optional(Type.Array(IdMapping)),
  timeOffsets: Type.Optional(
    Type.Object({ boottime: Type.Optional(TimeOffset), monotonic: Type.Optional(TimeOffset) }),
  ),
  devices: Type.Optional(Type.Array(Device)),
  netDevices: Type.Optional(Type.Record(Type.String(), Type.Object({ name: Type.Optional(Type.String()) }))),
  /** A path below the cgroup mount; with the systemd driver `slice:prefix:name`. */
  cgroupsPath: Type.Optional(Type.String()),
  resources: Type.Optional(LinuxResources),
  rootfsPropagation: Type.Optional(Words(['private', 'shared', 'slave', 'unbindable'])),
  seccomp: Type.Optional(Seccomp),
  sysctl: Type.Optional(StringMap),
  maskedPaths: Type.Optional(Strings),
  readonlyPaths: Type.Optional(Strings),
  mountLabel: Type.Optional(Type.String()),
  intelRdt: Type.Optional(IntelRdt),
  memoryPolicy: Type.Optional(MemoryPolicy),
  personality: Type.Optional(
    Type.Object({ domain: Type.Optional(Words(['LINUX', 'LINUX32'])), flags: Type.Optional(Strings) }),
  ),
})
export type Linux = Static<typeof Linux>
