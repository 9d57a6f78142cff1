import { statSync } from 'node:fs'
import type { GrantedDevice } from '@moby/contracts'
import { toDevice, type LinuxDevice } from '@moby/lib-oci-runtime'
import { refused } from './grant-error.ts'

/** A rule of the devices cgroup (runtime-spec config-linux.md). */
export interface DeviceRule {
  readonly allow: boolean
  readonly type?: string
  readonly major?: number
  readonly minor?: number
  readonly access: string
}

/** null, zero, full, random, urandom, tty, console, ptmx and the terminals: what every container has. */
const common: readonly (readonly [major: number, minor: number | undefined])[] = [
  [1, 3],
  [1, 5],
  [1, 7],
  [1, 8],
  [1, 9],
  [5, 0],
  [5, 1],
  [5, 2],
  [136, undefined],
]

/**
 * Nodes to make and rules of the cgroup, everything else denied. Who may make nodes may make all of them, and still
 * opens none that it was not granted. Fails with LAUNCH_GRANT_INVALID.
 */
export function grantedDevices(
  devices: readonly GrantedDevice[],
  capabilities: readonly string[] = [],
): { nodes: LinuxDevice[]; rules: DeviceRule[] } {
  const nodes: LinuxDevice[] = []
  const rules: DeviceRule[] = [
    { allow: false, access: 'rwm' },
    ...common.map(([major, minor]) => ({
      allow: true,
      type: 'c',
      major,
      ...(minor === undefined ? {} : { minor }),
      access: 'rwm',
    })),
    ...(capabilities.includes('CAP_MKNOD') ? ['b', 'c'].map((type) => ({ allow: true, type, access: 'm' })) : []),
  ]
  for (const { path, access = 'rw' } of devices) {
    const node = nodeAt(path)
    nodes.push(node)
    rules.push({ allow: true, type: node.type, major: node.major, minor: node.minor, access })
  }
  return { nodes, rules }
}

function nodeAt(path: string): LinuxDevice {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) throw refused(`The device ${path} is granted, which this host does not have`)
  const node = toDevice(stats, path)
  if (node === undefined) throw refused(`${path} is granted as a device, and is none`)
  return node
}
