import { codedError } from '@moby/contracts'
import { existsSync, lstatSync, mkdirSync } from 'node:fs'
import type { SettledMount } from '../spec/mounts.ts'
import { fillVolume } from './fill-volume.ts'
import { requireSource } from './plan-mounts.ts'
import { readOnlyBelow } from './read-only-below.ts'
import type { ContainerContext } from './container-context.ts'
import type { ContainerRecord, MountRecord } from './container-record.ts'

/**
 * Makes everything that a container mounts available on the host: volumes are mounted, new ones filled from the
 * image, missing bind sources made where the user allows it.
 */
export async function settleMounts(
  context: ContainerContext,
  record: ContainerRecord,
  rootfs: string,
): Promise<SettledMount[]> {
  const settled: SettledMount[] = []
  for (const mount of record.mounts) {
    const { spec, target } = mount
    const isReadOnlyBelow = await readOnlyBelow(context, record, spec)
    settled.push({ spec, target, source: await sourceOf(context, record, mount, rootfs), isReadOnlyBelow })
  }
  return settled
}

/** Ends the use of every volume of a container. What fails is logged: the rest must go on. */
export async function releaseMounts(context: ContainerContext, record: ContainerRecord): Promise<void> {
  for (const { volume } of record.mounts) {
    if (volume === undefined) continue
    try {
      await context.volumes.unmount(volume.name, record.id)
    } catch (error) {
      context.log.warn('a volume was not unmounted', {
        volume: volume.name,
        container: record.id,
        error: String(error),
      })
    }
  }
}

async function sourceOf(
  context: ContainerContext,
  record: ContainerRecord,
  { spec, target, volume }: MountRecord,
  rootfs: string,
): Promise<string> {
  if (spec.type === 'tmpfs') return ''
  if (spec.type === 'bind') return bindSource(spec.source ?? '', spec.createSource === true)
  if (volume === undefined) throw new Error(`the volume of ${target} was never acquired`)
  const mountpoint = await context.volumes.mount(volume.name, record.id, {
    destination: target,
    writable: spec.readOnly !== true,
  })
  if (spec.noCopy !== true) await fillVolume({ rootfs, path: target, volume: mountpoint })
  return mountpoint
}

function bindSource(source: string, create: boolean): string {
  if (!create) requireSource(source)
  if (existsSync(source)) return source
  try {
    mkdirSync(source, { recursive: true, mode: 0o755 })
  } catch (cause) {
    if (!isDangling(source)) {
      throw codedError('CONTAINER_SPEC_INVALID', `error while creating mount source path '${source}'`, { cause })
    }
  }
  return source
}

function isDangling(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
}
