import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { mountAll, mountsBelow, openFlags, readOnlyMounts, unmount } from '@moby/lib-linux'
import { writeLayer } from '@moby/lib-tar'
import { requireRoot } from './commit.ts'
import type { ContainerContext } from './container-context.ts'
import { tell } from './container-events.ts'
import { ContainerPaths } from './container-paths.ts'
import type { ContainerRecord } from './container-record.ts'

/**
 * The root file system of a container as an archive, running or not, without what is mounted in it. Errors:
 * CONTAINER_NOT_FOUND, CONTAINER_STATE.
 */
export async function* exportContainer(
  context: ContainerContext,
  ref: string,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const record = context.store.find(ref)
  requireRoot(record, 'export')
  const root = await openRoot(context, record)
  try {
    yield* writeLayer({ form: 'plain', root: `/proc/self/fd/${root}` }, { signal })
  } finally {
    closeSync(root)
  }
  tell(context, record, 'export')
}

/**
 * Opens the tree of a container. One that is not mounted is, for a moment: the descriptor keeps what it shows. It may be
 * started while a slow reader has it open, so its folders are only read.
 */
async function openRoot(context: ContainerContext, record: ContainerRecord): Promise<number> {
  const flags = openFlags.O_RDONLY | openFlags.O_DIRECTORY
  const { rootfs } = new ContainerPaths(context.folders, record.id)
  const { mounts } = await context.storage.get(record.drivers.storage).mounts({ key: record.id })
  // From here on nothing else of the engine runs in between.
  if (mountsBelow(rootfs).includes(rootfs)) return openSync(rootfs, flags)
  const point = join(context.folders.run, `export-${randomBytes(6).toString('hex')}`)
  mkdirSync(point, { mode: 0o700 })
  try {
    mountAll(readOnlyMounts(mounts), point)
    try {
      return openSync(point, flags)
    } finally {
      unmount(point, { detach: true })
    }
  } finally {
    rmdirSync(point)
  }
}
