import { dockerMediaTypes, mediaTypes, type ImageManifest } from 'oci-spec-ts'
import { digestOf } from './chain-id.ts'
import type { ImageRecord, ManifestRecord } from './image-record.ts'

/** Types of layers that dockerd pushes. */
const dockerLayers = new Map<string, string>([
  [mediaTypes.layerGzip, dockerMediaTypes.layerGzip],
  [dockerMediaTypes.layerGzip, dockerMediaTypes.layerGzip],
])

/** A manifest as bytes, with what names it. */
export interface ManifestContent {
  readonly record: ManifestRecord
  readonly bytes: Uint8Array
}

/**
 * The manifest of an image that has none of its own, because it was made here or came in an archive of `docker save`:
 * always the same bytes. `configSize` is the bytes of its configuration. In the `docker` form it has the media types that
 * dockerd pushes and every registry takes, unless a layer has none there.
 */
export function localManifest(
  { id, layers }: Pick<ImageRecord, 'id' | 'layers'>,
  configSize: number,
  form: 'oci' | 'docker',
): ManifestContent {
  const types = layers.map(({ blob }) => blob.mediaType)
  const isElder = types.every((type) => dockerLayers.has(type))
  // OCI manifests have a layer at least; Docker's need none.
  const isDocker = layers.length === 0 || (form === 'docker' && isElder)
  const document: ImageManifest = {
    schemaVersion: 2,
    mediaType: isDocker ? dockerMediaTypes.manifest : mediaTypes.manifest,
    config: { mediaType: isDocker ? dockerMediaTypes.config : mediaTypes.config, digest: id, size: configSize },
    layers: layers.map(({ blob: { mediaType, digest, size } }) => ({
      mediaType: isDocker ? (dockerLayers.get(mediaType) ?? mediaType) : mediaType,
      digest,
      size,
    })),
  }
  const bytes = Buffer.from(JSON.stringify(document))
  return {
    record: { mediaType: document.mediaType ?? mediaTypes.manifest, digest: digestOf(bytes), size: bytes.length },
    bytes,
  }
}
