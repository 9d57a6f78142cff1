import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { compressionOfLayer, mediaTypes } from 'oci-spec-ts'
import type { ImageContext } from '../image-context.ts'
import type { ImageRecord, LayerRecord } from '../image-record.ts'
import { localManifest } from '../local-manifest.ts'
import { compressFile } from './compress-file.ts'

/**
 * Gives an image that was made here, or came in an archive of `docker save`, what registries want: layers compressed
 * with gzip, and a manifest. The record keeps them in place of what it had, so that a second push sends the same bytes,
 * finds them there and compresses nothing; several who push it share the work. Errors: IMAGE_NOT_FOUND when it is removed meanwhile, STORAGE_FULL.
 */
export async function makePushable(context: ImageContext, id: string, signal: AbortSignal): Promise<ImageRecord> {
  const own = { signal, onProgress: () => undefined }
  return await context.transfers.pushables.join(id, (call) => compressLayers(context, id, call.signal), own)
}

async function compressLayers(context: ImageContext, id: string, signal: AbortSignal): Promise<ImageRecord> {
  const { content, images } = context
  const image = images.find(id)
  const folder = await content.makeSpool()
  const lease = context.leases.open(`push-${image.id.replace('sha256:', '')}`, {
    digests: [image.id, ...image.layers.map(({ blob }) => blob.digest)],
  })
  try {
    const layers: LayerRecord[] = []
    for (const layer of image.layers) {
      if (compressionOfLayer(layer.blob.mediaType) !== 'none') {
        layers.push(layer)
        continue
      }
      const file = await compressFile(content.read(layer.blob.digest), join(folder, String(layers.length)), signal)
      lease.hold({ digests: [file.digest] })
      await content.adopt(file)
      layers.push({ ...layer, blob: { digest: file.digest, size: file.size, mediaType: mediaTypes.layerGzip } })
    }
    const config = await content.document(image.id)
    const { record: manifest, bytes } = localManifest({ id: image.id, layers }, config.length, 'docker')
    lease.hold({ digests: [manifest.digest] })
    await content.add(manifest.digest, bytes)
    await content.flush()
    return await context.alone(async () => {
      const known = images.find(image.id)
      const others = (known.manifests ?? []).filter(({ digest }) => digest !== manifest.digest)
      const next: ImageRecord = { ...known, layers, manifests: [manifest, ...others] }
      await images.update(next)
      return next
    })
  } finally {
    lease.release()
    await rm(folder, { recursive: true, force: true })
  }
}
