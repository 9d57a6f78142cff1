import type { ImageConfig } from 'oci-spec-ts'

/** One layer of an image. */
export interface LayerRecord {
  readonly diffId: string
  /** Key of its snapshot: of this layer and all below. */
  readonly chainId: string
  /** Bytes of its files. */
  readonly size: number
  /** The archive as it came, kept so that the image can be saved and pushed byte for byte. */
  readonly blob: { readonly digest: string; readonly mediaType: string; readonly size: number }
}

/** A manifest or index; its bytes are in the content store. */
export interface ManifestRecord {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

/** What is kept of an image under `images/<id>`. */
export interface ImageRecord {
  /** `sha256:` and hex: digest of the configuration, whose bytes are in the content store. */
  readonly id: string
  /** Complete references with tag, `docker.io/library/busybox:latest`. */
  readonly names: readonly string[]
  /** Complete references with digest that it was pulled or pushed as, `docker.io/library/busybox@sha256:…`. */
  readonly digests?: readonly string[] | undefined
  /** Its manifest and the indexes that it came by, as they came; none for an image that was never in a registry. */
  readonly manifests?: readonly ManifestRecord[] | undefined
  readonly document: ImageConfig
  /** Id of the image that it was made of here, which may be gone meanwhile. */
  readonly parent?: string | undefined
  /** From the base upwards. */
  readonly layers: readonly LayerRecord[]
  /** Driver that holds the snapshots. */
  readonly storage: string
  /** The boot of the host in which it was made without being flushed: after another it is not to be trusted. */
  readonly boot?: string | undefined
  /** RFC 3339. */
  readonly lastTaggedAt?: string | undefined
}

/** The key of the snapshot that shows all layers; undefined for an image without layers. */
export function chainIdOf(record: Pick<ImageRecord, 'layers'>): string | undefined {
  return record.layers.at(-1)?.chainId
}

/** The twelve digits by which people call an object. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12)
}
