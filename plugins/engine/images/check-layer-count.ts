import { codedError } from '@moby/contracts'
import type { LayerStore } from './layer-store.ts'

/**
 * Refuses an image that no container could run on: one of more layers than the storage driver mounts over one another.
 * `what` begins the message, `The image busybox:1`. Fails with SNAPSHOT_TOO_DEEP.
 */
export async function checkLayerCount(layers: LayerStore, driver: string, count: number, what: string): Promise<void> {
  const { name, mostLayers: most } = await layers.get(driver).info({})
  if (most === undefined || count <= most) return
  const limit = `more than the ${most} layers that the storage driver ${name} mounts`
  throw codedError('SNAPSHOT_TOO_DEEP', `${what} has ${count} layers, ${limit}`, {
    hint: 'Make the image with fewer layers: join steps, or export a container of it and import that as one layer.',
    details: { layers: count, most },
  })
}
