import { codedError, type ContainerSpec } from '@moby/contracts'
import { toDevice, type LinuxDevice } from '@moby/lib-oci-runtime'
import { lstatSync, readdirSync, statSync, type Stats } from 'node:fs'
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

/** Device nodes and the cgroup's rules for a container. Fails with CONTAINER_SPEC_INVALID. */
export function chooseDevices(spec: ContainerSpec): { devices: LinuxDevice[]; rules: LinuxDeviceRule[] } {
  if (spec.privileged === true) {
    return { devices: hostDevices('/dev'), rules: [{ allow: true, access: 'rwm' }] }
  }
  const devices: LinuxDevice[] = []
  const rules = [...defaultRules]
  for (const wanted of spec.devices ?? []) {
    if (!/^[rwm]{1,3}$/.test(wanted.permissions)) throw invalid(`invalid device mode: ${wanted.permissions}`)
    for (const device of devicesAt(wanted.pathOnHost, wanted.pathInContainer)) {
      devices.push(device)
      rules.push({
        allow: true,
        type: device.type,
        major: device.major,
        minor: device.minor,
        access: wanted.permissions,
      })
    }
  }
  for (const text of spec.deviceCgroupRules ?? []) rules.push(parseRule(text))
  return { devices, rules }
}

/** One device, or every device below a folder. */
function devicesAt(path: string, inside: string): LinuxDevice[] {
  let stats: Stats
  try {
    stats = statSync(path)
  } catch (cause) {
    throw invalid(
      `error gathering device information while adding custom device "${path}": no such file or directory`,
      cause,
    )
  }
  if (!stats.isDirectory()) {
    const device = toDevice(stats, inside)
    if (device === undefined)
      throw invalid(`error gathering device information while adding custom device "${path}": not a device node`)
    return [device]
  }
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() || entry.isCharacterDevice() || entry.isBlockDevice()
      ? devicesAt(join(path, entry.name), join(inside, entry.name))
      : [],
  )
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
  if (found === null) throw invalid(`invalid device cgroup rule format: '${text}'`)
  const [, type = 'a', majorText = '*', minorText = '*', access = 'rwm'] = found
  return {
    allow: true,
    type,
    ...(majorText === '*' ? {} : { major: Number(majorText) }),
    ...(minorText === '*' ? {} : { minor: Number(minorText) }),
    access,
  }
}

function invalid(message: string, cause?: unknown) {
  return codedError('CONTAINER_SPEC_INVALID', message, { cause })
}
