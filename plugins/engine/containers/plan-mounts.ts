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
  const borrowed = new Map<string, MountRecord>()
  for (const entry of spec.volumesFrom ?? []) {
    const { ref, readOnly } = splitVolumesFrom(entry)
    for (const mount of mountsOf(ref)) {
      if (mount.spec.type === 'tmpfs') continue
      // Of several containers the last counts.
      borrowed.set(mount.target, inherit(mount, readOnly))
    }
  }
  for (const [target, mount] of borrowed) if (!planned.has(target)) planned.set(target, mount)
  for (const path of volumePaths) {
    const target = cleanTarget(path)
    if (!planned.has(target)) planned.set(target, { spec: { type: 'volume', target }, target })
  }
  return [...planned.values()]
}

/** What is read-only there stays so. A volume of its own goes with whichever of its users is the last to go. */
function inherit(mount: MountRecord, readOnly: boolean): MountRecord {
  const { volume } = mount
  const spec: MountSpec = readOnly ? { ...mount.spec, readOnly } : mount.spec
  return { ...mount, spec: volume === undefined ? spec : { ...spec, source: volume.name, noCopy: true } }
}

const volumesFromModes = new Set(['ro', 'rw', 'z', 'Z', 'consistent', 'cached', 'delegated'])

function splitVolumesFrom(entry: string): { ref: string; readOnly: boolean } {
  if (entry === '') throw invalid('volumes-from specification cannot be an empty string')
  const at = entry.indexOf(':')
  const [ref, mode] = at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)]
  const words = mode === '' ? [] : mode.split(',')
  if (words.some((word) => !volumesFromModes.has(word))) throw invalid(`invalid mode: ${mode}`)
  return { ref, readOnly: words.includes('ro') }
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
  const { type, source = '', subPath } = mount
  const complain = (reason: string) => invalid(`invalid mount config for type "${type}": ${reason}`)
  if ((type === 'bind' || type === 'image') && source === '') throw complain('field Source must not be empty')
  if (type === 'bind') {
    if (!posix.isAbsolute(source)) throw complain(`invalid mount path: '${source}' mount path must be absolute`)
    if (leadsThroughProcess(source)) {
      throw complain(`${source} leads into the process that mounts it; name the file or folder itself`)
    }
    if (mount.createSource !== true) requireSource(source)
  }
  if (type === 'tmpfs' && source !== '') throw complain('field Source must not be specified')
  if (type !== 'bind' && mount.propagation !== undefined) throw complain('field BindOptions must not be specified')
  if (subPath === undefined) return
  if (type !== 'volume' && type !== 'image') throw complain('field Subpath must not be specified')
  if (source === '') throw complain('must not set Subpath when using anonymous volumes')
  const leavesIt = /^\.\.(\/|$)/.test(posix.normalize(subPath))
  if (subPath === '' || posix.isAbsolute(subPath) || leavesIt || subPath.includes('\0')) {
    throw complain('subpath must be a relative path within the volume')
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
