import { codedError, type ContainerSpec, type MountSpec } from '@moby/contracts'
import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import type { MountRecord } from './container-record.ts'
import { leadsThroughProcess } from './leads-through-process.ts'

/**
 * The mounts of a container before its volumes exist: what the user lists, then `--volumes-from`, then paths that the
 * image or the user want as anonymous volumes and where nothing else is mounted.
 * Fails with CONTAINER_SPEC_INVALID for relative, doubled or impossible targets.
 */
export function planMounts(
  spec: ContainerSpec,
  volumePaths: readonly string[],
  mountsOf: (ref: string) => readonly MountRecord[],
): MountRecord[] {
  const planned = new Map<string, MountRecord>()
  for (const mount of spec.mounts ?? []) {
    const target = cleanTarget(mount.target)
    if (planned.has(target)) throw invalid(`Duplicate mount point: ${target}`)
    checkMount(mount)
    planned.set(target, { spec: mount, target })
  }
  for (const entry of spec.volumesFrom ?? []) {
    const { ref, readOnly } = splitVolumesFrom(entry)
    for (const mount of mountsOf(ref)) {
      if (planned.has(mount.target) || mount.spec.type === 'tmpfs') continue
      planned.set(mount.target, inherit(mount, readOnly))
    }
  }
  for (const path of volumePaths) {
    const target = cleanTarget(path)
    if (!planned.has(target)) planned.set(target, { spec: { type: 'volume', target }, target })
  }
  return [...planned.values()]
}

function inherit(mount: MountRecord, readOnly: boolean | undefined): MountRecord {
  const spec: MountSpec = readOnly === undefined ? mount.spec : { ...mount.spec, readOnly }
  if (mount.volume === undefined) return { spec, target: mount.target }
  // Whoever made it removes it with itself; here it is used by name.
  return {
    spec: { ...spec, source: mount.volume.name },
    target: mount.target,
    volume: { ...mount.volume, anonymous: false },
  }
}

function splitVolumesFrom(entry: string): { ref: string; readOnly: boolean | undefined } {
  const [ref = '', mode] = entry.split(':')
  if (ref === '') throw invalid(`malformed volumes-from specification: ${entry}`)
  if (mode !== undefined && mode !== 'ro' && mode !== 'rw') throw invalid(`invalid mode for volumes-from: ${mode}`)
  return { ref, readOnly: mode === undefined ? undefined : mode === 'ro' }
}

function cleanTarget(target: string): string {
  if (!posix.isAbsolute(target)) {
    throw invalid(`invalid mount path: '${target}' mount path must be absolute`)
  }
  const clean = posix.normalize(target).replace(/(.)\/+$/, '$1')
  if (clean === '/') throw invalid("invalid specification: destination can't be '/'")
  if (clean.includes('\0')) throw invalid('invalid mount path: it holds a NUL')
  return clean
}

function checkMount(mount: MountSpec): void {
  const { type, source } = mount
  if (type === 'bind') {
    if (source === undefined || source === '')
      throw invalid('invalid mount config for type "bind": field Source must not be empty')
    if (!posix.isAbsolute(source)) {
      throw invalid(`invalid mount config for type "bind": invalid mount path: '${source}' mount path must be absolute`)
    }
    if (leadsThroughProcess(source)) {
      throw invalid(
        `invalid mount config for type "bind": ${source} leads into the process that mounts it; name the file or folder itself`,
      )
    }
    if (mount.createSource !== true) requireSource(source)
  }
  if (type === 'tmpfs' && source !== undefined && source !== '') {
    throw invalid('invalid mount config for type "tmpfs": field Source must not be specified')
  }
  if (type !== 'bind' && mount.propagation !== undefined) {
    throw invalid(`invalid mount config for type "${type}": field BindOptions must not be specified`)
  }
}

/** For binds whose source is not to be made. Fails with CONTAINER_SPEC_INVALID. */
export function requireSource(source: string): void {
  if (existsSync(source)) return
  throw invalid(`invalid mount config for type "bind": bind source path does not exist: ${source}`)
}

function invalid(message: string) {
  return codedError('CONTAINER_SPEC_INVALID', message)
}
