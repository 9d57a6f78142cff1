import { hasCode, type engineImages, type RequestOf, type ResponseOf } from '@moby/contracts'
import type { ImageContext } from './image-context.ts'
import type { ImageRecord } from './image-record.ts'
import { createdAt, hasLabel, readTime } from './image-facts.ts'
import { toFamiliar } from '@moby/contracts/reference'
import { removeImage } from './remove-image.ts'

type PruneRequest = RequestOf<typeof engineImages, 'prune'>
type PruneResponse = ResponseOf<typeof engineImages, 'prune'>

/**
 * Removes images that no container uses: those without a tag, or all. Each goes as `docker rmi` of all its names would
 * have it, so that one which is used meanwhile stays. Call it inside `alone`. Fails with FILTER_INVALID.
 */
export async function pruneImages(
  context: Pick<ImageContext, 'images' | 'usage' | 'sweep'>,
  request: PruneRequest,
): Promise<PruneResponse> {
  const { images } = context
  const until = request.createdBefore === undefined ? undefined : readTime(request.createdBefore)
  const sizes = new Map(images.values().flatMap(({ layers }) => layers.map(({ chainId, size }) => [chainId, size])))
  const changes: PruneResponse['changes'] = []
  for (const record of images.values().filter((each) => isWanted(context, each, request, until))) {
    changes.push(...(await removeUnused(context, record.id)))
  }
  // What a broken operation left, whose lease has expired meanwhile, goes too.
  changes.push(...(await context.sweep()).map((name) => ({ kind: 'deleted' as const, name })))
  const gone = new Set(changes.filter(({ kind }) => kind === 'deleted').map(({ name }) => name))
  const reclaimed = [...gone].reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0)
  images.publishPrune(reclaimed)
  return { changes, spaceReclaimed: String(reclaimed) }
}

function isWanted(
  { images, usage }: Pick<ImageContext, 'images' | 'usage'>,
  record: ImageRecord,
  { all = false, labels = [], notLabels }: PruneRequest,
  until: number | undefined,
): boolean {
  const isIntermediate = record.names.length === 0 && images.childrenOf(record.id).length > 0
  return (
    !isIntermediate &&
    (all || record.names.length === 0) &&
    usage.ofImage(record.id).length + usage.mountingImage(record.id).length === 0 &&
    (until === undefined || createdAt(record) <= until) &&
    labels.every((label) => hasLabel(record, label)) &&
    !(notLabels !== undefined && notLabels.every((label) => hasLabel(record, label)))
  )
}

/** Takes the names away one by one, and the image with the last; one that is used meanwhile stays. */
async function removeUnused(
  context: Pick<ImageContext, 'images' | 'usage' | 'sweep'>,
  id: string,
): Promise<PruneResponse['changes']> {
  const changes: PruneResponse['changes'] = []
  for (;;) {
    const record = context.images.get(id)
    if (record === undefined) return changes
    const [name] = [...record.names, ...(record.digests ?? [])]
    try {
      changes.push(...(await removeImage(context, removalOf(name === undefined ? id : toFamiliar(name)))))
    } catch (error) {
      if (!hasCode(error, 'IMAGE_IN_USE', 'IMAGE_NOT_FOUND')) throw error
      return changes
    }
    // An image that lost its last name and stays is used by another.
    if (name === undefined) return changes
  }
}

function removalOf(ref: string) {
  return { ref, force: false, pruneParents: true }
}
