import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { mountAll, openFlags, unmount } from '@moby/lib-linux'
import type { ImageContext } from '../image-context.ts'
import { chainIdOf, type ImageRecord } from '../image-record.ts'

/** The root of an image, open for reading. */
export interface OpenRoot {
  /** Open folder; undefined for an image without layers. */
  readonly folder: number | undefined
  close(): Promise<void>
}

/**
 * Opens what an image looks like, without leaving a mount behind: the tree is mounted, opened and taken from the mount
 * table at once, and lives as long as the descriptor. Layers stay while it is open.
 */
export async function openRoot(
  context: Pick<ImageContext, 'content' | 'layers' | 'log'>,
  record: ImageRecord,
  signal?: AbortSignal,
): Promise<OpenRoot> {
  const chainId = chainIdOf(record)
  if (chainId === undefined) return { folder: undefined, close: async () => undefined }
  const driver = context.layers.get(record.storage)
  const key = `${context.layers.viewPrefix}${randomBytes(8).toString('hex')}`
  const release = context.layers.lease([key, chainId])
  const remove = async () => {
    try {
      await driver.remove({ key })
    } catch (error) {
      // The sweep tries again.
      context.log.warn('a view of an image could not be removed', { key, reason: String(error) })
    }
    release()
  }
  try {
    const { mounts } = await driver.view({ key, parent: chainId }, signal === undefined ? {} : { signal })
    const point = join(await context.content.viewFolder(), key)
    mkdirSync(point, { mode: 0o700 })
    let folder: number
    try {
      mountAll(mounts, point)
      try {
        folder = openSync(point, openFlags.O_RDONLY | openFlags.O_DIRECTORY)
      } finally {
        unmount(point, { detach: true })
      }
    } finally {
      rmdirSync(point)
    }
    return {
      folder,
      close: async () => {
        closeSync(folder)
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}
