import type { ContainerSpec } from '@moby/contracts'

/** Pids of containers whose namespaces are shared; the network comes as a path because the engine made it. */
export interface NamespaceFacts {
  readonly spec: ContainerSpec
  /** Path of the sandbox; absent for the host's network. */
  readonly network?: string | undefined
  readonly pidOf?: number | undefined
  readonly ipcOf?: number | undefined
  readonly cgroupVersion: 1 | 2
  readonly cgroupNamespaces: boolean
}

interface Namespace {
  readonly type: string
  readonly path?: string
}

export function usesHostCgroupns(spec: ContainerSpec, cgroupVersion: 1 | 2): boolean {
  if (spec.cgroupnsMode === 'host') return true
  if (spec.cgroupnsMode === 'private') return false
  return cgroupVersion === 1 || spec.privileged === true
}

/** Namespaces of a container. What is not in the list is shared with the host. */
export function buildNamespaces(facts: NamespaceFacts): Namespace[] {
  const { spec } = facts
  const namespaces: Namespace[] = [{ type: 'mount' }]
  if (facts.network !== undefined) namespaces.push({ type: 'network', path: facts.network })
  if (facts.pidOf !== undefined) namespaces.push({ type: 'pid', path: `/proc/${facts.pidOf}/ns/pid` })
  else if (spec.pidMode !== 'host') namespaces.push({ type: 'pid' })
  if (facts.ipcOf !== undefined) namespaces.push({ type: 'ipc', path: `/proc/${facts.ipcOf}/ns/ipc` })
  else if (spec.ipcMode !== 'host') namespaces.push({ type: 'ipc' })
  if (spec.utsMode !== 'host') namespaces.push({ type: 'uts' })
  if (facts.cgroupNamespaces && !usesHostCgroupns(spec, facts.cgroupVersion)) namespaces.push({ type: 'cgroup' })
  return namespaces
}
