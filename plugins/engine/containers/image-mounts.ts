import { mountAll, readOnlyMounts } from '@moby/lib-linux'
import { mkdirSync } from 'node:fs'
import type { ContainerContext } from './container-context.ts'
import type { ContainerRecord, ImageOfMount, MountRecord } from './container-record.ts'

/**
 * Looks up the image of a mount, which the container keeps from now on whatever its name comes to mean. That of a mount
 * of another container is the same, through a view of its own. Fails with IMAGE_NOT_FOUND or IMAGE_AMBIGUOUS.
 */
export function planImage(
  { images }: Pick<ContainerContext, 'images'>,
  containerId: string,
  mount: MountRecord,
  index: number,
): MountRecord {
  if (mount.spec.type !== 'image') return mount
  const { id, storage, chainId } = mount.image ?? images.resolve(mount.spec.source ?? '')
  const snapshot = `image-${containerId}-${index}`
  return { ...mount, image: { id, storage, snapshot, ...(chainId ? { chainId } : {}) } }
}

/** Makes the views of all images that a container mounts. */
export async function prepareImages(
  context: Pick<ContainerContext, 'storage'>,
  record: Pick<ContainerRecord, 'mounts'>,
): Promise<void> {
  for (const { storage, snapshot, chainId } of imagesOf(record)) {
    const driver = context.storage.get(storage)
    // An image without layers is an empty folder.
    await (chainId === undefined ? driver.prepare({ key: snapshot }) : driver.view({ key: snapshot, parent: chainId }))
  }
}

/** Removes them; what is not there is no error. Fails with DRIVER_AWAY. */
export async function removeImages(
  context: Pick<ContainerContext, 'storage'>,
  record: Pick<ContainerRecord, 'mounts'>,
): Promise<void> {
  for (const { storage, snapshot } of imagesOf(record)) await context.storage.get(storage).remove({ key: snapshot })
}

/** Mounts a view for reading at a point that is made, and answers the point. */
export async function mountImage(
  context: Pick<ContainerContext, 'storage'>,
  image: ImageOfMount,
  point: string,
): Promise<string> {
  const { mounts } = await context.storage.get(image.storage).mounts({ key: image.snapshot })
  mkdirSync(point, { recursive: true, mode: 0o711 })
  mountAll(readOnlyMounts(mounts), point)
  return point
}

function imagesOf({ mounts }: Pick<ContainerRecord, 'mounts'>): ImageOfMount[] {
  return mounts.flatMap(({ image }) => (image === undefined ? [] : [image]))
}
