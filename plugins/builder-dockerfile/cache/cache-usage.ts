import { codedError, hasCode, type builder, type Image, type RequestOf, type ResponseOf } from '@moby/contracts'
import type { BuilderParts } from '../build/build-parts.ts'
import type { CacheRecord } from './cache-records.ts'

type Usage = ResponseOf<typeof builder, 'usage'>
type Entry = Usage['entries'][number]
type PruneRequest = RequestOf<typeof builder, 'prune'>

const mountPrefix = 'mount-'

/** What the cache holds: a step each, and the folders of cache mounts. */
export async function cacheUsage(parts: BuilderParts): Promise<Usage> {
  const images = await imagesById(parts)
  const steps = parts.cache.values().flatMap((record) => {
    const image = images.get(record.image)
    return image === undefined ? [] : [stepEntry(record, image, images, parts)]
  })
  const mounts = (await parts.mounts.list()).map((mount) => ({
    id: `${mountPrefix}${mount.name}`,
    parents: [],
    kind: 'exec.cachemount',
    description: `cached mount ${mount.id}`,
    inUse: mount.inUse,
    shared: false,
    size: String(mount.size),
    createdAt: mount.createdAt.toISOString(),
    lastUsedAt: mount.lastUsedAt.toISOString(),
    usageCount: 1,
  }))
  return { entries: [...steps, ...mounts] }
}

/**
 * Removes what no image and no build needs, least recently used first, until the cache is as small as wanted. Images of
 * steps go when they have no name, no container and no image made of them; with `all` the record of other steps goes, too.
 */
export async function pruneCache(
  parts: BuilderParts,
  request: PruneRequest,
): Promise<ResponseOf<typeof builder, 'prune'>> {
  const before = request.unusedSince === undefined ? undefined : Date.parse(request.unusedSince)
  if (before !== undefined && Number.isNaN(before)) {
    throw codedError('FILTER_INVALID', `The time ${request.unusedSince} cannot be read`)
  }
  const isMeant = (entry: Entry) =>
    !entry.inUse &&
    (request.ids === undefined || request.ids.some((id) => entry.id.startsWith(id))) &&
    (before === undefined || Date.parse(entry.lastUsedAt ?? entry.createdAt) < before)
  const removed: string[] = []
  let reclaimed = 0n
  // What was made of an image goes before the image itself: rounds, until nothing more goes.
  for (;;) {
    const { entries } = await cacheUsage(parts)
    let size = entries.reduce((sum, entry) => sum + (entry.shared ? 0n : BigInt(entry.size)), 0n)
    const keep = BigInt(request.keepBytes ?? '0')
    const candidates = entries
      .filter((entry) => isMeant(entry) && (request.all === true || !entry.shared))
      .sort((a, b) => Date.parse(a.lastUsedAt ?? a.createdAt) - Date.parse(b.lastUsedAt ?? b.createdAt))
    const parentsOfOthers = new Set((await parts.images.list({})).images.map(({ parent }) => parent))
    let progress = false
    for (const entry of candidates) {
      if (request.keepBytes !== undefined && size <= keep) break
      if (!(await removeEntry(parts, entry, parentsOfOthers))) continue
      progress = true
      removed.push(entry.id)
      if (entry.shared) continue
      size -= BigInt(entry.size)
      reclaimed += BigInt(entry.size)
    }
    if (!progress) break
  }
  await removeDead(parts)
  return { removed, spaceReclaimed: String(reclaimed) }
}

async function removeEntry(parts: BuilderParts, entry: Entry, parentsOfOthers: ReadonlySet<string>): Promise<boolean> {
  if (entry.id.startsWith(mountPrefix)) return await parts.mounts.remove(entry.id.slice(mountPrefix.length))
  const record = parts.cache.get(entry.id)
  if (record === undefined) return false
  if (!entry.shared) {
    if (parentsOfOthers.has(record.image)) return false
    try {
      await parts.images.remove({ ref: record.image, noPrune: true })
    } catch (error) {
      if (hasCode(error, 'IMAGE_IN_USE')) return false
      if (!hasCode(error, 'IMAGE_NOT_FOUND')) throw error
    }
  }
  await parts.cache.delete([entry.id])
  return true
}

/** Records whose image is gone, by whatever way. */
async function removeDead(parts: BuilderParts): Promise<void> {
  const images = await imagesById(parts)
  await parts.cache.delete(parts.cache.values().flatMap(({ key, image }) => (images.has(image) ? [] : [key])))
}

function stepEntry(record: CacheRecord, image: Image, images: ReadonlyMap<string, Image>, parts: BuilderParts): Entry {
  const parent = record.parent === undefined ? undefined : images.get(record.parent)
  const size = BigInt(image.size) - BigInt(parent?.size ?? '0')
  return {
    id: record.key,
    parents: parts.cache.values().flatMap(({ key, image: made }) => (made === record.parent ? [key] : [])),
    kind: 'regular',
    description: record.description,
    inUse: false,
    shared: isHeld(image, images),
    size: String(size > 0n ? size : 0n),
    createdAt: record.createdAt,
    ...(record.lastUsedAt === undefined ? {} : { lastUsedAt: record.lastUsedAt }),
    usageCount: record.usageCount,
  }
}

/** True for an image with a name or a container, and for those that such a one was made of. */
function isHeld(image: Image, images: ReadonlyMap<string, Image>): boolean {
  if (image.tags.length > 0 || image.containers > 0) return true
  return [...images.values()].some((each) => each.parent === image.id && isHeld(each, images))
}

async function imagesById({ images }: Pick<BuilderParts, 'images'>): Promise<Map<string, Image>> {
  return new Map((await images.list({})).images.map((image) => [image.id, image]))
}
