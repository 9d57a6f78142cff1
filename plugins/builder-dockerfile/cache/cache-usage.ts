import { codedError, hasCode, type builder, type Image, type RequestOf, type ResponseOf } from '@moby/contracts'
import type { BuilderParts } from '../build/build-parts.ts'

type Usage = ResponseOf<typeof builder, 'usage'>
type Entry = Usage['entries'][number]
type PruneRequest = RequestOf<typeof builder, 'prune'>

const mountPrefix = 'mount-'

/** What the cache holds: a step each, and the folders of cache mounts. */
export async function cacheUsage(parts: BuilderParts): Promise<Usage> {
  const images = await imagesById(parts)
  const named = withNames(images)
  const keys = Map.groupBy(parts.cache.values(), ({ image }) => image)
  const steps = parts.cache.values().flatMap((record) => {
    const image = images.get(record.image)
    if (image === undefined) return []
    const parent = record.parent === undefined ? undefined : images.get(record.parent)
    const size = BigInt(image.size) - BigInt(parent?.size ?? '0')
    const parents = record.parent === undefined ? [] : (keys.get(record.parent) ?? [])
    return {
      id: record.key,
      parents: parents.map(({ key }) => key),
      kind: 'regular',
      description: record.description,
      inUse: parts.held.isHeld(image.id),
      shared: named.has(image.id),
      size: String(size > 0n ? size : 0n),
      createdAt: record.createdAt,
      ...(record.lastUsedAt === undefined ? {} : { lastUsedAt: record.lastUsedAt }),
      usageCount: record.usageCount,
    }
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
    const parentsOfOthers = new Set([...(await imagesById(parts)).values()].map(({ parent }) => parent))
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

async function removeEntry(
  parts: BuilderParts,
  entry: Entry,
  parentsOfOthers: ReadonlySet<string | undefined>,
): Promise<boolean> {
  if (entry.id.startsWith(mountPrefix)) return await parts.mounts.remove(entry.id.slice(mountPrefix.length))
  const record = parts.cache.get(entry.id)
  if (record === undefined) return false
  if (!entry.shared) {
    if (parentsOfOthers.has(record.image)) return false
    const remove = async () => await parts.images.remove({ ref: record.image, noPrune: true })
    try {
      if (!(await parts.held.remove(record.image, remove))) return false
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

/** Images with a name or a container, and those that such a one was made of. */
function withNames(images: ReadonlyMap<string, Image>): ReadonlySet<string> {
  const found = new Set<string>()
  for (const { id, tags, digests, containers } of images.values()) {
    if (tags.length + digests.length + containers === 0) continue
    for (let at: string | undefined = id; at !== undefined && !found.has(at); at = images.get(at)?.parent) found.add(at)
  }
  return found
}

async function imagesById({ images }: Pick<BuilderParts, 'images'>): Promise<Map<string, Image>> {
  return new Map((await images.list({ filter: { all: true } })).images.map((image) => [image.id, image]))
}
