import { codedError } from '@moby/contracts'
import { mountsBelow, unmount } from '@moby/lib-linux'
import { existsSync, lstatSync, mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SettledMount } from '../spec/mounts.ts'
import { settlePropagation } from './bind-propagation.ts'
import { ContainerPaths } from './container-paths.ts'
import { fillVolume } from './fill-volume.ts'
import { mountImage } from './image-mounts.ts'
import { mountSubPath } from './mount-sub-path.ts'
import { requireSource } from './plan-mounts.ts'
import { readOnlyBelow } from './read-only-below.ts'
import type { ContainerContext } from './container-context.ts'
import type { ContainerRecord, MountRecord } from './container-record.ts'
import type { VolumeUse } from './ports.ts'

/**
 * Makes everything that a container mounts available on the host: volumes and images are mounted, new volumes filled
 * from the image, missing bind sources made where the user allows it.
 */
export async function settleMounts(
  context: ContainerContext,
  record: ContainerRecord,
  rootfs: string,
): Promise<SettledMount[]> {
  // Of a copy that began before: what a sub-path means is decided now.
  await removePoints(context, record)
  const settled: SettledMount[] = []
  for (const [index, mount] of record.mounts.entries()) {
    const { spec, target, volume } = mount
    const isReadOnlyBelow = await readOnlyBelow(context, record, spec)
    if (spec.type === 'bind') bindSource(spec.source ?? '', spec.createSource === true)
    const use = { destination: target, writable: spec.readOnly !== true }
    const source = await sourceOf(context, record, mount, { index, use })
    if (volume !== undefined && spec.noCopy !== true) await fillVolume({ rootfs, path: target, volume: source })
    settled.push({ spec: settlePropagation(mount), target, source, isReadOnlyBelow })
  }
  return settled
}

/** Where everything is for a container that runs, or whose mounts somebody else has settled to copy its files. */
export async function settledMounts(context: ContainerContext, record: ContainerRecord): Promise<SettledMount[]> {
  const settled: SettledMount[] = []
  for (const [index, mount] of record.mounts.entries()) {
    const { spec, target } = mount
    settled.push({ spec, target, source: await sourceOf(context, record, mount, { index }) })
  }
  return settled
}

/** Ends the use of every volume and image of a container. What fails is logged: the rest must go on. */
export async function releaseMounts(context: ContainerContext, record: ContainerRecord): Promise<void> {
  // Before the volumes, as parts of them are mounted there.
  await removePoints(context, record)
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

interface Place {
  /** Among the mounts of the container. */
  readonly index: number
  /** Told when a run begins. */
  readonly use?: VolumeUse
}

/** Path on the host, empty for a tmpfs. What an image or a sub-path needs is mounted, unless it is already. */
async function sourceOf(
  context: ContainerContext,
  record: ContainerRecord,
  { spec, target, volume, image }: MountRecord,
  { index, use }: Place,
): Promise<string> {
  if (spec.type === 'tmpfs') return ''
  if (spec.type === 'bind') return spec.source ?? ''
  const { mounts } = new ContainerPaths(context.folders, record.id)
  const [whole, part] = [join(mounts, `${index}`), join(mounts, `${index}-part`)]
  let source = whole
  if (spec.type === 'volume') {
    if (volume === undefined) throw new Error(`the volume of ${target} was never acquired`)
    source = await context.volumes.mount(volume.name, record.id, use)
  } else {
    if (image === undefined) throw new Error(`the image of ${target} was never looked up`)
    if (!isMounted(whole)) await mountImage(context, image, whole)
  }
  if (spec.subPath === undefined) return source
  if (!isMounted(part)) mountSubPath(source, spec.subPath, part)
  return part
}

function isMounted(point: string): boolean {
  return mountsBelow(point).includes(point)
}

async function removePoints(context: ContainerContext, record: ContainerRecord): Promise<void> {
  if (!record.mounts.some(({ spec, image }) => image !== undefined || spec.subPath !== undefined)) return
  const { mounts } = new ContainerPaths(context.folders, record.id)
  try {
    for (const point of mountsBelow(mounts)) unmount(point, { detach: true, ifMounted: true })
    await rm(mounts, { recursive: true, force: true })
  } catch (error) {
    context.log.warn('an image was not unmounted', { container: record.id, error: String(error) })
  }
}

function bindSource(source: string, create: boolean): void {
  if (!create) requireSource(source)
  if (existsSync(source)) return
  try {
    mkdirSync(source, { recursive: true, mode: 0o755 })
  } catch (cause) {
    if (!isDangling(source)) {
      throw codedError('CONTAINER_SPEC_INVALID', `error while creating mount source path '${source}'`, { cause })
    }
  }
}

function isDangling(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
}
