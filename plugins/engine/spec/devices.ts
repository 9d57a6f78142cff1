import { codedError, type ContainerSpec } from '@moby/contracts'
import { toDevice, type LinuxDevice } from '@moby/lib-oci-runtime'
import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { LinuxDeviceRule } from './oci.ts'

/** Devices that every container may use (runtime-spec config-linux.md makes the nodes), beside making any node. */
const defaultRules: readonly LinuxDeviceRule[] = [
  { allow: false, access: 'rwm' },
  { allow: true, type: 'c', access: 'm' },
  { allow: true, type: 'b', access: 'm' },
  ...[
    [1, 3],
    [1, 5],
    [1, 7],
    [1, 8],
    [1, 9],
    [5, 0],
    [5, 1],
    [5, 2],
  ].map(([major, minor]) => rule('c', major, minor)),
  { allow: true, type: 'c', major: 136, access: 'rwm' },
]

function rule(type: string, major: number | undefined, minor: number | undefined): LinuxDeviceRule {
  return {
    allow: true,
    type,
    ...(major === undefined ? {} : { major }),
    ...(minor === undefined ? {} : { minor }),
    access: 'rwm',
  }
}

/**
 * Device nodes and the cgroup's rules for a container, as the host has them now. Fails with CONTAINER_START_FAILED in
 * Docker's words.
 */
export function chooseDevices(spec: ContainerSpec): { devices: LinuxDevice[]; rules: LinuxDeviceRule[] } {
  const { devices: wishes = [] } = spec
  if (spec.privileged === true) {
    // Those of the host are there under their own names.
    const renamed = wishes.filter(({ pathOnHost, pathInContainer }) => pathOnHost !== pathInContainer)
    const added = renamed.flatMap(({ pathOnHost, pathInContainer }) => devicesAt(pathOnHost, pathInContainer))
    return { devices: [...hostDevices('/dev'), ...added], rules: [{ allow: true, access: 'rwm' }] }
  }
  const devices: LinuxDevice[] = []
  const rules = [...defaultRules]
  for (const { pathOnHost, pathInContainer, permissions: access } of wishes) {
    for (const device of devicesAt(pathOnHost, pathInContainer)) {
      devices.push(device)
      rules.push({ allow: true, type: device.type, major: device.major, minor: device.minor, access })
    }
  }
  for (const text of spec.deviceCgroupRules ?? []) rules.push(parseRule(text))
  return { devices, rules }
}

/** One device, or every device below a folder, where what is none is passed over. */
function devicesAt(path: string, inside: string): LinuxDevice[] {
  const complain = (reason: string) =>
    failure(`error gathering device information while adding custom device "${path}": ${reason}`)
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) throw complain('no such file or directory')
  const found = stats.isDirectory() ? devicesBelow(realpathSync(path), inside) : [toDevice(stats, inside) ?? []].flat()
  if (found.length === 0) throw complain('not a device node')
  return found
}

function devicesBelow(folder: string, inside: string): LinuxDevice[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const [path, name] = [join(folder, entry.name), join(inside, entry.name)]
    if (entry.isDirectory()) return devicesBelow(path, name)
    return toDevice(lstatSync(path), name) ?? []
  })
}

/** All devices of the host but terminals and what the runtime mounts itself. */
function hostDevices(folder: string): LinuxDevice[] {
  const own = new Set(['pts', 'shm', 'fd', 'mqueue', 'console', '.lxc', '.lxd-mounts', '.udev'])
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (own.has(entry.name)) return []
    if (entry.isDirectory()) return hostDevices(path)
    if (!entry.isCharacterDevice() && !entry.isBlockDevice()) return []
    const device = toDevice(lstatSync(path), path)
    return device === undefined ? [] : [device]
  })
}

function parseRule(text: string): LinuxDeviceRule {
  const found = /^([acb]) (\d+|\*):(\d+|\*) ([rwm]{1,3})$/.exec(text)
  if (found === null) throw failure(`invalid device cgroup rule format: '${text}'`)
  const [, type = 'a', majorText = '*', minorText = '*', access = 'rwm'] = found
  return {
    allow: true,
    type,
    ...(majorText === '*' ? {} : { major: Number(majorText) }),
    ...(minorText === '*' ? {} : { minor: Number(minorText) }),
    access,
  }
}

function failure(message: string) {
  return codedError('CONTAINER_START_FAILED', message, { hint: 'Look at /dev on the host.' })
}
