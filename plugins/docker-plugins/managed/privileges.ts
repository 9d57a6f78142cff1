import { codedError, type PluginPrivilege } from '@moby/contracts'
import type { PluginConfig } from './plugin-config.ts'

/** What a plugin wants of the host beyond what every plugin has; in Docker's words and order. */
export function privilegesOf(config: PluginConfig): PluginPrivilege[] {
  const { Network, IpcHost, PidHost, Mounts, Linux } = config
  const privilege = (name: string, description: string, ...value: string[]): PluginPrivilege => ({
    name,
    description,
    value,
  })
  return [
    ...(['null', 'bridge', ''].includes(Network.Type)
      ? []
      : [privilege('network', 'permissions to access a network', Network.Type)]),
    ...(IpcHost ? [privilege('host ipc namespace', 'allow access to host ipc namespace', 'true')] : []),
    ...(PidHost ? [privilege('host pid namespace', 'allow access to host pid namespace', 'true')] : []),
    ...(Mounts ?? []).flatMap(({ Source }) =>
      Source === null ? [] : [privilege('mount', 'host path to mount', Source)],
    ),
    ...(Linux.Devices ?? []).flatMap(({ Path }) =>
      Path === null ? [] : [privilege('device', 'host device to access', Path)],
    ),
    ...(Linux.AllowAllDevices ? [privilege('allow-all-devices', "allow 'rwm' access to all devices", 'true')] : []),
    ...((Linux.Capabilities ?? []).length === 0
      ? []
      : [privilege('capabilities', 'list of additional capabilities required', ...(Linux.Capabilities ?? []))]),
  ]
}

/** Fails with PLUGIN_PRIVILEGES_DIFFER unless exactly what is wanted was accepted, in whatever order. */
export function checkPrivileges(wanted: readonly PluginPrivilege[], accepted: readonly PluginPrivilege[]): void {
  const [left, right] = [wanted.map(keyOf).toSorted(), accepted.map(keyOf).toSorted()]
  const lacking = minus(left, right)
  const beyond = minus(right, left)
  if (lacking.length === 0 && beyond.length === 0) return
  throw codedError('PLUGIN_PRIVILEGES_DIFFER', 'incorrect privileges', {
    hint: [
      ...(lacking.length === 0 ? [] : [`not accepted: ${lacking.join(', ')}`]),
      ...(beyond.length === 0 ? [] : [`not asked for: ${beyond.join(', ')}`]),
    ].join('; '),
    details: { lacking, beyond },
  })
}

function keyOf({ name, value }: PluginPrivilege): string {
  return JSON.stringify([name, ...value.toSorted()])
}

/** What is in the first list more often than in the second; both sorted or not. */
function minus(from: readonly string[], taken: readonly string[]): string[] {
  const left = [...from]
  for (const each of taken) {
    const at = left.indexOf(each)
    if (at !== -1) left.splice(at, 1)
  }
  return left
}
