import type { Image } from '@moby/contracts'
import type { ContainerUsage } from '../usage.ts'
import type { ImageRecord } from './image-record.ts'
import { familiarName, parseReference } from './image-reference.ts'

/** What the engine tells of an image. */
export function viewImage(record: ImageRecord, usage: ContainerUsage, storageIsHere: boolean): Image {
  const { document } = record
  return {
    id: record.id,
    tags: record.tags.map(familiar),
    digests: record.digests.map(familiar),
    createdAt: document.created ?? '',
    size: String(sizeOf(record)),
    architecture: document.architecture,
    variant: document.variant ?? '',
    os: document.os,
    author: document.author ?? '',
    comment: document.history?.at(-1)?.comment ?? '',
    parent: '',
    config: { ...document.config },
    layers: [...(document.rootfs.diff_ids ?? [])],
    history: historyWithSizes(record),
    containers: usage.ofImage(record.id).length,
    storage: record.storage,
    ...(record.lastTaggedAt === undefined ? {} : { lastTaggedAt: record.lastTaggedAt }),
    ...(storageIsHere ? {} : { waitingFor: `storage.layers driver "${record.storage}"` }),
  }
}

/** Bytes of all layers together. */
export function sizeOf({ layerSizes }: ImageRecord): bigint {
  return layerSizes.reduce((sum, size) => sum + BigInt(size), 0n)
}

/** The history with the bytes that each step added. */
function historyWithSizes({ document, layerSizes }: ImageRecord): Record<string, unknown>[] {
  let layer = 0
  return (document.history ?? []).map((entry) => {
    const size = entry.empty_layer === true ? 0 : Number(layerSizes[layer++] ?? 0)
    return { ...entry, size }
  })
}

function familiar(name: string): string {
  return familiarName(parseReference(name))
}
