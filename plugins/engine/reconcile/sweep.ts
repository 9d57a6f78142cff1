import { mountsBelow, unmount } from '@moby/lib-linux'
import { existsSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ContainerContext } from '../containers/container-context.ts'
import { isRunning } from '../containers/container-record.ts'
import { sweepKeepers } from '../output/sweep-keepers.ts'
import { sweepCgroups } from './sweep-cgroups.ts'

/**
 * Clears what an engine that died may have left and no record speaks of: mounts, folders, namespaces, snapshots,
 * cgroups. `unreadable` are ids of records that could not be read: what is theirs is not touched.
 */
export async function sweep(context: ContainerContext, unreadable: ReadonlySet<string>): Promise<void> {
  // Asked anew for each: creations go on meanwhile, and a record is always there before what belongs to it.
  const isKnown = (id: string) => context.store.get(id) !== undefined || unreadable.has(id)
  const attempt = async (what: string, work: () => unknown) => {
    try {
      await work()
    } catch (error) {
      context.log.warn(`sweeping ${what} failed`, { error: String(error) })
    }
  }
  await attempt('run folders', () => sweepFolder(join(context.folders.run, 'c'), isKnown))
  await attempt('mount points', () => sweepFolder(join(context.folders.run, 'm'), isKnown))
  await attempt('keepers of output', () => {
    const isUsed = (id: string) => {
      return (
        unreadable.has(id) ||
        context.lives.of(id).output !== undefined ||
        isRunning(context.store.get(id) ?? { status: 'dead' })
      )
    }
    sweepKeepers(join(context.folders.data, 'containers'), isUsed)
  })
  await attempt('container folders', () => sweepFolder(join(context.folders.data, 'containers'), isKnown))
  if (unreadable.size === 0) {
    const used = new Set(context.store.all().map((record) => record.sandboxId))
    await attempt('network namespaces', () => context.networking.sandboxes.sweep(used))
  }
  await attempt('cgroups', () => sweepCgroups(`moby-${context.instance.id}`, isKnown))
  for (const { name, handle } of context.storage.list()) {
    await attempt(`snapshots of ${name}`, async () => {
      for await (const { key, kind } of handle.list({})) {
        // Containers' snapshots are named by the container; others are of images that are just being unpacked.
        const owner = /^(?:image-)?([0-9a-f]{64})(?:-\d+)?$/.exec(key)?.[1]
        if (kind !== 'committed' && owner !== undefined && !isKnown(owner)) await handle.remove({ key })
      }
    })
  }
}

async function sweepFolder(folder: string, isKnown: (id: string) => boolean): Promise<void> {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    if (isKnown(name)) continue
    const path = join(folder, name)
    for (const point of mountsBelow(path)) unmount(point, { detach: true, ifMounted: true })
    await rm(path, { recursive: true, force: true })
  }
}
