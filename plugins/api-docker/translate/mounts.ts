import type { MountSpec } from '@moby/contracts'
import { posix } from 'node:path'
import type { HostConfig } from '../schemas/host-config.ts'
import type { Mount } from '../schemas/mount.ts'
import { invalidRequest, notImplemented } from '../wire/api-error.ts'
import { parseBind } from './parse-bind.ts'

const propagations = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'] as const

/** All mounts that a HostConfig asks for: Binds, then Mounts, then Tmpfs. */
export function toMounts(host: HostConfig): MountSpec[] {
  return [
    ...(host.Binds ?? []).map((bind) => parseBind(bind, host.VolumeDriver).mount),
    ...(host.Mounts ?? []).map(toMount),
    ...Object.entries(host.Tmpfs ?? {}).map(([target, written]) => toTmpfs(target, written)),
  ]
}

function toTmpfs(target: string, written: string): MountSpec {
  if (!posix.isAbsolute(target)) throw invalidRequest(`invalid mount path: '${target}' mount path must be absolute`)
  return { type: 'tmpfs', target, ...(written === '' ? {} : { tmpfsOptions: written }) }
}

function toMount(mount: Mount): MountSpec {
  const { Type: type = '', Target: target = '' } = mount
  const complain = (reason: string) => invalidRequest(`invalid mount config for type "${type}": ${reason}`)
  if (target === '') throw complain('field Target must not be empty')
  if (posix.normalize(target).replace(/(.)\/$/, '$1') === '/') {
    throw complain("invalid specification: destination can't be '/'")
  }
  if (!posix.isAbsolute(target)) throw complain(`invalid mount path: '${target}' mount path must be absolute`)
  if (type === 'cluster' || type === 'npipe') throw notImplemented(`a mount of type "${type}"`)
  if (type !== 'bind' && type !== 'volume' && type !== 'tmpfs' && type !== 'image') throw complain('mount type unknown')
  checkOptions(type, mount)
  const base = { target, ...(mount.ReadOnly === true ? { readOnly: true } : {}) }
  if (type === 'image') return { ...base, ...toImage(mount, complain) }
  if (type === 'bind') return { ...base, ...toBind(mount, complain) }
  return { ...base, ...(type === 'volume' ? toVolume(mount, complain) : toTypedTmpfs(mount, complain)) }
}

/** Each type has options of its own. */
function checkOptions(type: MountSpec['type'], mount: Mount): void {
  const own = { bind: 'BindOptions', volume: 'VolumeOptions', tmpfs: 'TmpfsOptions', image: 'ImageOptions' } as const
  for (const name of ['BindOptions', 'VolumeOptions', 'TmpfsOptions'] as const) {
    if (name !== own[type] && mount[name] !== undefined) {
      throw invalidRequest(`${name} must not be specified on mount type "${type}"`)
    }
  }
  for (const name of ['ImageOptions', 'ClusterOptions'] as const) {
    if (name === own[type] || mount[name] === undefined) continue
    throw invalidRequest(`invalid mount config for type "${type}": field ${name} must not be specified`)
  }
}

type Complain = (reason: string) => Error

function toBind(mount: Mount, complain: Complain): Omit<MountSpec, 'target'> {
  const { Source: source = '', BindOptions: options = {} } = mount
  if (source === '') throw complain('field Source must not be empty')
  if (!posix.isAbsolute(source)) throw complain(`invalid mount path: '${source}' mount path must be absolute`)
  const written = options.Propagation ?? ''
  const propagation = propagations.find((word) => word === written)
  if (written !== '' && propagation === undefined) throw complain(`invalid propagation mode: ${written}`)
  return {
    type: 'bind',
    source: posix.normalize(source),
    ...(propagation === undefined ? {} : { propagation }),
    ...(options.NonRecursive === true ? { nonRecursive: true } : {}),
    ...readOnlyBelow(options, mount.ReadOnly === true),
    ...(options.CreateMountpoint === true ? { createSource: true } : {}),
  }
}

function readOnlyBelow(
  options: NonNullable<Mount['BindOptions']>,
  isReadOnly: boolean,
): Pick<MountSpec, 'readOnlyBelow'> {
  const { ReadOnlyNonRecursive: never, ReadOnlyForceRecursive: always } = options
  const conflict = (text: string) => invalidRequest(`mount options conflict: ${text}`)
  if (never === true && !isReadOnly) throw conflict('!ReadOnly && BindOptions.ReadOnlyNonRecursive')
  if (always === true && !isReadOnly) throw conflict('!ReadOnly && BindOptions.ReadOnlyForceRecursive')
  if (never === true && always === true) throw conflict('ReadOnlyNonRecursive && BindOptions.ReadOnlyForceRecursive')
  if (never === true) return { readOnlyBelow: 'never' }
  return always === true ? { readOnlyBelow: 'always' } : {}
}

function toVolume(mount: Mount, complain: Complain): Omit<MountSpec, 'target'> {
  const { Source: source = '', VolumeOptions: options = {} } = mount
  if (mount.ReadOnly === true && source === '') {
    throw complain('must not set ReadOnly mode when using anonymous volumes')
  }
  const driver = options.DriverConfig?.Name ?? ''
  return {
    type: 'volume',
    ...(source === '' ? {} : { source }),
    ...subPath(options.Subpath),
    ...(options.NoCopy === true ? { noCopy: true } : {}),
    ...(driver === '' ? {} : { volumeDriver: driver }),
    ...(options.DriverConfig?.Options === undefined ? {} : { volumeOptions: options.DriverConfig.Options }),
    ...(options.Labels === undefined ? {} : { volumeLabels: options.Labels }),
  }
}

/** An image is mounted read-only, whether that is asked for or not. */
function toImage(mount: Mount, complain: Complain): Omit<MountSpec, 'target'> {
  const { Source: source = '', ImageOptions: options = {} } = mount
  if (source === '') throw complain('field Source must not be empty')
  return { type: 'image', source, readOnly: true, ...subPath(options.Subpath) }
}

function subPath(written = ''): Pick<MountSpec, 'subPath'> {
  return written === '' ? {} : { subPath: written }
}

function toTypedTmpfs(mount: Mount, complain: Complain): Omit<MountSpec, 'target'> {
  const { Source: source = '', TmpfsOptions: options = {} } = mount
  if (source !== '') throw complain('field Source must not be specified')
  for (const option of options.Options ?? []) {
    if (option.length < 1 || option.length > 2) throw complain('invalid option array length')
    if (option[0] !== 'exec' && option[0] !== 'noexec') throw complain(`invalid option: ${option[0]}`)
  }
  const written = (options.Options ?? []).map((option) => option.join('=')).join(',')
  return {
    type: 'tmpfs',
    ...(options.SizeBytes ? { tmpfsSizeBytes: options.SizeBytes } : {}),
    ...(options.Mode ? { tmpfsMode: options.Mode } : {}),
    ...(written === '' ? {} : { tmpfsOptions: written }),
  }
}
