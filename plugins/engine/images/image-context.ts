import { codedError, type DriverSet, type imageSource, type Implementation, type Logger } from '@moby/contracts'
import type { ContainerUsage } from '../usage.ts'
import type { ContentStore } from './content-store.ts'
import type { ImageStore } from './image-store.ts'
import type { LayerStore } from './layer-store.ts'
import type { LeaseStore } from './lease-store.ts'
import type { Transfers } from './transfers.ts'

/** What the operations on images share. */
export interface ImageContext {
  readonly content: ContentStore
  readonly layers: LayerStore
  readonly images: ImageStore
  /** What operations under way, and broken ones, need. */
  readonly leases: LeaseStore
  readonly transfers: Transfers
  readonly usage: ContainerUsage
  readonly log: Logger
  now(): string
  /** The driver that reaches registries. Fails with NOT_SUPPORTED when the assembly has none. */
  source(): Implementation<typeof imageSource>
  /** Runs what changes records and blobs, one at a time. */
  alone<T>(work: () => Promise<T>): Promise<T>
  /** Removes blobs and layers that no image needs, inside `alone`; answers the chainIDs removed. */
  readonly sweep: () => Promise<string[]>
}

/** The driver of registries to use: the one named, or the only one. */
export function chooseSource(
  sources: DriverSet<typeof imageSource>,
  preferred: string | undefined,
): () => Implementation<typeof imageSource> {
  return () => {
    if (preferred !== undefined) return sources.get(preferred)
    const [only, ...others] = sources.list()
    if (only !== undefined && others.length === 0) return only.handle
    throw noSource(sources.list().map(({ name }) => name))
  }
}

function noSource(names: readonly string[]): Error {
  if (names.length === 0) {
    return codedError('NOT_SUPPORTED', 'This assembly has no component that reaches registries', {
      hint: 'Add moby/distribution-oci to the assembly.',
    })
  }
  return codedError('DRIVER_UNKNOWN', `No image source is chosen of ${names.join(', ')}`, {
    hint: 'Set `imageSource` in the configuration of the engine.',
  })
}
