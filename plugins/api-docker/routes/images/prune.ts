import { hasCode, type Image } from '@moby/contracts'
import { json, type Route } from '../../server/route.ts'
import { exactNumber } from '../../wire/exact-number.ts'
import { readRfc3339 } from '../../wire/moment.ts'
import { pruneFilter, pruneFilters } from '../prune-filter.ts'

/** Removes images that no container uses: those without a name, or all with `dangling=false`. */
export const pruneImages: Route = {
  method: 'POST',
  path: '/images/prune',
  async handle({ query, engine, signal }) {
    const filters = query.filters([...pruneFilters, 'dangling'])
    const { createdBefore, labels, notLabels } = pruneFilter(filters)
    const dangling = filters.bool('dangling') ?? true
    const { images } = await engine.images.list(
      {
        filter: {
          ...(dangling ? { dangling } : {}),
          ...(labels === undefined ? {} : { labels }),
        },
      },
      { signal },
    )
    const candidates = images.filter(
      (image) => image.containers === 0 && isOlder(image, createdBefore) && !hasAllLabels(image, notLabels),
    )
    const deleted: Record<string, string>[] = []
    let reclaimed = 0n
    for (const image of candidates) {
      if (signal.aborted) break
      const removed = await removeUnused(image, async (ref) => await engine.images.remove({ ref }))
      deleted.push(...removed)
      if (removed.some((change) => 'Deleted' in change)) reclaimed += BigInt(image.size)
    }
    return json({ ImagesDeleted: deleted.length === 0 ? null : deleted, SpaceReclaimed: exactNumber(reclaimed) })
  },
}

type Remove = (ref: string) => Promise<{ changes: { kind: 'untagged' | 'deleted'; name: string }[] }>

/** Takes the names away one by one, and the image with the last; one that is used meanwhile stays. */
async function removeUnused(image: Image, remove: Remove): Promise<Record<string, string>[]> {
  const refs = image.tags.length + image.digests.length === 0 ? [image.id] : [...image.tags, ...image.digests]
  const removed: Record<string, string>[] = []
  for (const ref of refs) {
    try {
      const { changes } = await remove(ref)
      removed.push(...changes.map(({ kind, name }) => (kind === 'untagged' ? { Untagged: name } : { Deleted: name })))
    } catch (error) {
      if (!hasCode(error, 'IMAGE_IN_USE', 'IMAGE_NOT_FOUND')) throw error
    }
  }
  return removed
}

function isOlder(image: Image, createdBefore: string | undefined): boolean {
  if (createdBefore === undefined) return true
  return (readRfc3339(image.createdAt) ?? 0n) < (readRfc3339(createdBefore) ?? 0n)
}

function hasAllLabels(image: Image, wanted: readonly string[] | undefined): boolean {
  if (wanted === undefined) return false
  const labels = (image.config['Labels'] ?? {}) as Readonly<Record<string, string>>
  return wanted.every((entry) => {
    const [key = '', value] = entry.split(/=(.*)/s, 2)
    return key in labels && (value === undefined || labels[key] === value)
  })
}
