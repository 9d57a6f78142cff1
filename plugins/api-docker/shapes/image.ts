import type { Image } from '@moby/contracts'
import { imageDescriptor } from './image-manifests.ts'
import { exactNumber } from '../wire/exact-number.ts'

/** GET /images/{name}/json in the newest version. */
export function imageInspectShape(image: Image): Record<string, unknown> {
  return {
    Id: image.id,
    RepoTags: image.tags,
    RepoDigests: image.digests,
    Parent: image.parent,
    Comment: image.comment,
    ...(image.createdAt === '' ? {} : { Created: image.createdAt }),
    DockerVersion: '',
    Author: image.author,
    Config: image.config,
    Architecture: image.architecture,
    ...(image.variant === '' ? {} : { Variant: image.variant }),
    Os: image.os,
    Size: exactNumber(image.size),
    GraphDriver: { Data: null, Name: image.storage },
    RootFS: { Type: 'layers', ...(image.layers.length === 0 ? {} : { Layers: image.layers }) },
    ...withDescriptor(image),
    Metadata: { LastTagTime: image.lastTaggedAt ?? '0001-01-01T00:00:00Z' },
  }
}

/** One row of GET /images/json in the newest version. */
export function imageSummaryShape(image: Image): Record<string, unknown> {
  const labels = image.config['Labels'] as Record<string, string> | null | undefined
  return {
    Containers: image.containers,
    Created: secondsOf(image.createdAt),
    Id: image.id,
    Labels: labels ?? null,
    ParentId: image.parent,
    RepoDigests: image.digests,
    RepoTags: image.tags,
    SharedSize: -1,
    Size: exactNumber(image.size),
    ...withDescriptor(image),
  }
}

function withDescriptor(image: Image): { Descriptor?: Record<string, unknown> } {
  const descriptor = imageDescriptor(image)
  return descriptor === undefined ? {} : { Descriptor: descriptor }
}

export function secondsOf(moment: string): number {
  const milliseconds = Date.parse(moment)
  return Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1000)
}
