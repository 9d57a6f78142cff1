import type { ImageConfig } from 'oci-spec-ts'

/** What is kept of an image in the state store, under `images/<id>`. */
export interface ImageRecord {
  /** `sha256:` and hex: digest of the configuration as it came, byte for byte. */
  readonly id: string
  /** Canonical references with tag. */
  readonly tags: readonly string[]
  /** Canonical references with digest. */
  readonly digests: readonly string[]
  readonly document: ImageConfig
  /** chainIDs from the base upwards, keys of committed snapshots. */
  readonly chain: readonly string[]
  /** Bytes that each layer adds, unpacked, as decimal strings. */
  readonly layerSizes: readonly string[]
  /** Name of the storage driver that holds the layers. */
  readonly storage: string
  readonly addedAt: string
  readonly lastTaggedAt?: string
}

/** The snapshot with all layers; an image without layers has none. */
export function topOfChain(record: ImageRecord): string | undefined {
  return record.chain.at(-1)
}
