import type { ContainerSpec } from '@moby/contracts'
import { defaultSeccompProfile, type Seccomp } from '@moby/lib-oci-runtime'
import { toBlockIO } from './block-io.ts'
import type { CgroupSupport } from './cgroup-support.ts'
import { hiddenPaths } from './default-paths.ts'
import { chooseDevices } from './devices.ts'
import { buildMounts, rootPropagation, type MountFacts } from './mounts.ts'
import { buildNamespaces } from './namespaces.ts'
import type { Process, RuntimeConfig } from './oci.ts'
import { toLinuxResources } from './resources.ts'
import { readSeccompProfile } from './seccomp-custom.ts'
import { readSecurityOptions } from './security-options.ts'

export interface RuntimeFacts extends MountFacts {
  readonly process: Process
  readonly hostname: string
  readonly cgroupsPath: string
  readonly networkNamespace?: string | undefined
  readonly pidOf?: number | undefined
  readonly ipcOf?: number | undefined
  readonly host: CgroupSupport
}

/** The config.json of a container's bundle (runtime-spec config.md). */
export function buildRuntimeConfig(facts: RuntimeFacts): RuntimeConfig {
  const { spec, host } = facts
  const { devices, rules } = chooseDevices(spec)
  const blockIO = toBlockIO(spec.resources ?? {})
  const open = spec.privileged === true
  const seccomp = chooseSeccomp(spec, facts.process.capabilities.bounding)
  const sysctl = chooseSysctls(facts)
  const propagation = rootPropagation(facts.mounts)
  return {
    ociVersion: '1.0.2',
    process: facts.process,
    root: { path: 'rootfs', readonly: spec.readOnlyRoot === true },
    ...(spec.utsMode === 'host' ? {} : { hostname: facts.hostname }),
    mounts: buildMounts(facts),
    ...(spec.annotations === undefined ? {} : { annotations: spec.annotations }),
    linux: {
      ...(Object.keys(sysctl).length === 0 ? {} : { sysctl }),
      resources: {
        ...toLinuxResources(spec.resources ?? {}),
        ...(blockIO === undefined ? {} : { blockIO }),
        devices: rules,
      },
      cgroupsPath: facts.cgroupsPath,
      namespaces: buildNamespaces({
        spec,
        network: facts.networkNamespace,
        pidOf: facts.pidOf,
        ipcOf: facts.ipcOf,
        cgroupVersion: host.version,
        cgroupNamespaces: host.namespaces,
      }),
      devices,
      ...(seccomp === undefined ? {} : { seccomp }),
      ...(propagation === undefined ? {} : { rootfsPropagation: propagation }),
      ...(open ? { maskedPaths: [], readonlyPaths: [] } : hiddenPaths(spec)),
    },
  }
}

/** A privileged container runs unfiltered unless a profile is asked for. */
function chooseSeccomp(spec: ContainerSpec, capabilities: readonly string[]): Seccomp | undefined {
  const { seccomp } = readSecurityOptions(spec.securityOptions ?? [])
  if (seccomp === 'unconfined') return undefined
  if (seccomp !== 'default') return readSeccompProfile(seccomp, capabilities)
  return spec.privileged === true ? undefined : defaultSeccompProfile(capabilities)
}

/**
 * A container of its own network may open low ports and ping without capabilities, as with dockerd. One that shares
 * that of another leaves what holds there as it is.
 */
function chooseSysctls({ spec, networkNamespace }: RuntimeFacts): Record<string, string> {
  const isOwn = networkNamespace !== undefined && spec.networkMode?.startsWith('container:') !== true
  return {
    ...(!isOwn ? {} : { 'net.ipv4.ip_unprivileged_port_start': '0', 'net.ipv4.ping_group_range': '0 2147483647' }),
    ...(spec.domainname === undefined || spec.domainname === '' || spec.utsMode === 'host'
      ? {}
      : { 'kernel.domainname': spec.domainname }),
    ...spec.sysctls,
  }
}
