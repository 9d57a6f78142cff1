import { dockerMediaTypes, mediaTypes, type ImageManifest } from 'oci-spec-ts'
import { digestOf } from './chain-id.ts'
import type { ImageRecord, ManifestRecord } from './image-record.ts'

/** A manifest as bytes, with what names it. */
export interface ManifestContent {
  readonly record: ManifestRecord
  readonly bytes: Uint8Array
}

/**
 * The manifest of an image that has none of its own, because it was made here or came in an archive of `docker save`:
 * always the same bytes. `configSize` is the bytes of its configuration.
 */
export function localManifest({ id, layers }: Pick<ImageRecord, 'id' | 'layers'>, configSize: number): ManifestContent {
  // OCI manifests have a layer at least; Docker's need none.
  const isOci = layers.length > 0
  const document: ImageManifest = {
    schemaVersion: 2,
    mediaType: isOci ? mediaTypes.manifest : dockerMediaTypes.manifest,
    config: { mediaType: isOci ? mediaTypes.config : dockerMediaTypes.config, digest: id, size: configSize },
    layers: layers.map(({ blob: { mediaType, digest, size } }) => ({ mediaType, digest, size })),
  }
  const bytes = Buffer.from(JSON.stringify(document))
  return {
    record: { mediaType: document.mediaType ?? mediaTypes.manifest, digest: digestOf(bytes), size: bytes.length },
    bytes,
  }
}
