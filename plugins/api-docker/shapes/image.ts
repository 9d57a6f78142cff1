import type { Image } from '@moby/contracts'
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
  }
}

interface HistoryEntry {
  readonly created?: string
  readonly created_by?: string
  readonly comment?: string
  readonly empty_layer?: boolean
}

/**
 * GET /images/{name}/history: newest first. The image records one size for all its layers, so that only an image of one
 * layer can tell what a step added.
 */
export function imageHistoryShape(image: Image): Record<string, unknown>[] {
  const steps = image.history as readonly HistoryEntry[]
  const withLayer = steps.filter((step) => step.empty_layer !== true).length
  const entries = steps.map((step) => ({
    Comment: step.comment ?? '',
    Created: secondsOf(step.created ?? ''),
    CreatedBy: step.created_by ?? '',
    Id: '<missing>',
    Size: withLayer === 1 && step.empty_layer !== true ? exactNumber(image.size) : 0,
    Tags: null as readonly string[] | null,
  }))
  const newestFirst = entries.toReversed()
  const [newest] = newestFirst
  if (newest === undefined) return []
  return [{ ...newest, Id: image.id, Tags: image.tags.length === 0 ? null : image.tags }, ...newestFirst.slice(1)]
}

function secondsOf(moment: string): number {
  const milliseconds = Date.parse(moment)
  return Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1000)
}
