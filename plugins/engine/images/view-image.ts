import type { Image } from '@moby/contracts'
import { chainIdOf, type ImageRecord } from './image-record.ts'
import { toFamiliar } from '@moby/contracts/reference'

/** An image as the engine's containers use it. */
export interface ResolvedImage {
  readonly id: string
  /** OCI image configuration: config. */
  readonly config: Readonly<Record<string, unknown>>
  readonly chainId?: string
  readonly storage: string
  /** Familiar names. */
  readonly tags: readonly string[]
  readonly os: string
  readonly architecture: string
}

export function resolveImage(record: ImageRecord): ResolvedImage {
  const chainId = chainIdOf(record)
  return {
    id: record.id,
    config: record.document.config ?? {},
    ...(chainId === undefined ? {} : { chainId }),
    storage: record.storage,
    tags: record.names.map(toFamiliar),
    os: record.document.os,
    architecture: record.document.architecture,
  }
}

/** An image in the form of the contract. */
export function viewImage(
  record: ImageRecord,
  facts: { readonly containers: number; readonly isAway: boolean; readonly parent?: string | undefined },
): Image {
  const { document } = record
  const history = document.history ?? []
  return {
    id: record.id,
    tags: record.names.map(toFamiliar),
    digests: (record.digests ?? []).map(toFamiliar),
    manifests: (record.manifests ?? []).map(({ mediaType, digest, size }) => ({
      mediaType,
      digest,
      size: String(size),
    })),
    createdAt: document.created ?? '',
    size: String(record.layers.reduce((total, { size }) => total + size, 0)),
    architecture: document.architecture,
    variant: document.variant ?? '',
    os: document.os,
    author: document.author ?? '',
    comment: commentOf(document) ?? history.at(-1)?.comment ?? '',
    parent: facts.parent ?? '',
    config: document.config ?? {},
    layers: record.layers.map(({ diffId }) => diffId),
    layerSizes: record.layers.map(({ size }) => String(size)),
    history,
    containers: facts.containers,
    ...(record.lastTaggedAt === undefined ? {} : { lastTaggedAt: record.lastTaggedAt }),
    storage: record.storage,
    ...(facts.isAway ? { waitingFor: record.storage } : {}),
  }
}

/** Docker keeps a comment of the whole image beside what the specification knows. */
function commentOf(document: object): string | undefined {
  const { comment } = document as { comment?: unknown }
  return typeof comment === 'string' ? comment : undefined
}
