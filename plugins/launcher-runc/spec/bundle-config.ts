import { existsSync, readdirSync } from 'node:fs'
import type { ForeignProgram, Grants } from '@moby/contracts'
import { defaultMaskedPaths, defaultReadonlyPaths, defaultSeccompProfile } from '@moby/lib-oci-runtime'
import { grantedCapabilities } from './capability-grants.ts'
import type { ContainerProcess } from './container-process.ts'
import { grantedDevices } from './device-grants.ts'
import { containerMounts } from './mounts.ts'

export interface BundleFacts {
  readonly hostname: string
  /** Absolute, below the hierarchies. */
  readonly cgroupsPath: string
  readonly process: ContainerProcess
  readonly folders: readonly string[]
  readonly grants: Grants
  readonly foreign: ForeignProgram
}

const defaultPids = 512

/**
 * The config.json of a component's bundle (runtime-spec config.md): what was granted and nothing else. Fails with
 * LAUNCH_GRANT_INVALID.
 */
export function bundleConfig(facts: BundleFacts): object {
  const { hostname, cgroupsPath, process, folders, grants, foreign } = facts
  const capabilities = grantedCapabilities(grants)
  const { nodes, rules } = grantedDevices(grants.devices ?? [], capabilities)
  const { user, args, env, cwd } = process
  // Without new privileges a user other than root has no capability but those that are ambient.
  const isRoot = user.uid === 0
  const handedOn = isRoot ? [] : capabilities
  return {
    ociVersion: '1.0.2',
    hostname,
    root: { path: 'rootfs', readonly: grants.root !== 'scratch' && foreign.writableRoot !== true },
    process: {
      terminal: false,
      user: { uid: user.uid, gid: user.gid, additionalGids: user.additionalGids },
      args,
      env,
      cwd,
      noNewPrivileges: true,
      capabilities: {
        bounding: capabilities,
        effective: capabilities,
        permitted: capabilities,
        inheritable: handedOn,
        ambient: handedOn,
      },
    },
    mounts: containerMounts(folders, grants, foreign),
    linux: {
      cgroupsPath,
      namespaces: ownNamespaces(grants, foreign).map((type) => ({ type })),
      devices: nodes,
      seccomp: defaultSeccompProfile(capabilities),
      maskedPaths: defaultMaskedPaths,
      // The folder of the hierarchies of cgroup v1 is one that runc leaves writable.
      readonlyPaths: [...readOnlyPaths(capabilities), '/sys/fs/cgroup'],
      ...(sharesMounts(grants, foreign) ? { rootfsPropagation: 'shared' } : {}),
      resources: {
        devices: foreign.allDevices === true ? [{ allow: true, access: 'rwm' }] : rules,
        pids: { limit: grants.pids ?? defaultPids },
        ...(grants.memoryBytes === undefined ? {} : { memory: memoryLimit(grants.memoryBytes) }),
      },
    },
  }
}

function ownNamespaces({ network }: Grants, { hostPid, hostIpc }: ForeignProgram): string[] {
  return [
    'uts',
    'mount',
    ...(existsSync('/proc/self/ns/cgroup') ? ['cgroup'] : []),
    ...(network === 'host' ? [] : ['network']),
    ...(hostPid === true ? [] : ['pid']),
    ...(hostIpc === true ? [] : ['ipc']),
  ]
}

function sharesMounts({ shareMounts }: Grants, { sharedFolders = [] }: ForeignProgram): boolean {
  return shareMounts === true || sharedFolders.length > 0
}

/** Who may change a network may change its settings too: those of its own namespace alone lie below /proc/sys/net. */
function readOnlyPaths(capabilities: readonly string[]): readonly string[] {
  if (!capabilities.includes('CAP_NET_ADMIN')) return defaultReadonlyPaths
  const others = readdirSync('/proc/sys').filter((name) => name !== 'net')
  return defaultReadonlyPaths.flatMap((path) =>
    path === '/proc/sys' ? others.map((name) => `/proc/sys/${name}`) : [path],
  )
}

/** With swap limited too, where the host counts it: else the limit would only push the component out to disk. */
function memoryLimit(limit: number): object {
  const counts = ['/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes', '/sys/fs/cgroup/cgroup.controllers']
  return counts.some((file) => existsSync(file)) ? { limit, swap: limit } : { limit }
}
