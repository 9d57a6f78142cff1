import { codedError, type ResponseOf, type engineImages } from '@moby/contracts'
import type { ContainerUsage, ContainerUser } from '../usage.ts'
import { shortId, type ImageRecord } from './image-record.ts'
import type { ImageStore } from './image-store.ts'
import { formatReference, parseReference, toFamiliar, withDefaultTag } from '@moby/contracts/reference'

type Changes = ResponseOf<typeof engineImages, 'remove'>['changes']

export interface RemovalParts {
  readonly images: ImageStore
  readonly usage: ContainerUsage
  /** Removes what no image needs any more and answers the chainIDs of the layers. */
  readonly sweep: () => Promise<string[]>
}

export interface Removal {
  readonly ref: string
  readonly force: boolean
  /** False keeps images that the removed one was made of, although nothing names or uses them. */
  readonly pruneParents: boolean
  /** Of several under one name those to take; all of them when absent. */
  readonly platforms?: readonly string[] | undefined
}

/**
 * Takes a name away and the image with its last one, or by id the image with its only name, by Docker's rules: a
 * running container or an image made of it keeps an image in any case, a stopped container and further names keep it
 * unless forced. Digests that it was pulled as go with the last tag of their repository. Errors: IMAGE_NOT_FOUND,
 * IMAGE_AMBIGUOUS, PLATFORM_NOT_FOUND, IMAGE_IN_USE.
 */
export async function removeImage(parts: RemovalParts, removal: Removal): Promise<Changes> {
  const { images } = parts
  const { ref, platforms = [] } = removal
  const found = platforms.length === 0 ? images.findAll(ref) : platforms.map((platform) => images.find(ref, platform))
  const records = [...new Map(found.map((record) => [record.id, record])).values()]
  // Of several either all go or none.
  for (const record of records) checkRemoval(parts, record, removal)
  const changes: Changes = []
  for (const record of records) await removeOne(parts, record, removal, changes)
  const layers = changes.some(({ kind }) => kind === 'deleted') ? await parts.sweep() : []
  return [...changes, ...layers.map((name) => ({ kind: 'deleted' as const, name }))]
}

function checkRemoval(parts: RemovalParts, record: ImageRecord, { ref, force }: Removal): void {
  if (isIdPrefix(record.id, ref)) {
    const others = hasOneName(record) ? [] : namesOf(record)
    const conflict = findConflict(parts, record, { force, names: others })
    if (conflict !== undefined) throw inUse(`unable to delete ${shortId(record.id)} ${conflict}`)
    return
  }
  const [user] = [...parts.usage.ofImage(record.id), ...parts.usage.mountingImage(record.id)]
  if (force || !hasOneName(record) || user === undefined) return
  throw inUse(
    `unable to remove repository reference ${JSON.stringify(ref)} (must force) - container ${shortId(user.id)} is ` +
      `using its referenced image ${shortId(record.id)}`,
  )
}

async function removeOne(parts: RemovalParts, record: ImageRecord, removal: Removal, changes: Changes): Promise<void> {
  const { images } = parts
  const { ref, force, pruneParents } = removal
  if (isIdPrefix(record.id, ref)) {
    const left = await untag(images, record, namesOf(record), changes)
    await deleteImage(parts, left, pruneParents, changes)
    return
  }
  const { domain, path, tag, digest } = withDefaultTag(parseReference(ref))
  const name = formatReference({ domain, path, ...(digest === undefined ? { tag: tag ?? '' } : { digest }) })
  let left = await untag(images, record, [name], changes)
  const repository = formatReference({ domain, path })
  const hasTag = left.names.some((other) => repositoryOf(other) === repository)
  if (digest === undefined && !hasTag) {
    const digests = (left.digests ?? []).filter((other) => repositoryOf(other) === repository)
    left = await untag(images, left, digests, changes, 'silent')
  }
  // Losing a name is what was asked for; that the image itself must stay is then no error.
  if (namesOf(left).length > 0 || findConflict(parts, left, { force, names: [] }) !== undefined) return
  await deleteImage(parts, left, pruneParents, changes)
}

async function untag(
  images: ImageStore,
  record: ImageRecord,
  names: readonly string[],
  changes: Changes,
  events?: 'silent',
): Promise<ImageRecord> {
  if (names.length === 0) return record
  const left = await images.removeNames(record, names)
  for (const name of names) {
    if (events !== 'silent') images.publish(record, 'untag', record.id)
    changes.push({ kind: 'untagged', name: toFamiliar(name) })
  }
  return left
}

/** Removes a record, and then those that it was made of as long as nothing names, uses or stands on them. */
async function deleteImage(
  parts: RemovalParts,
  record: ImageRecord,
  pruneParents: boolean,
  changes: Changes,
): Promise<void> {
  const { images } = parts
  await images.delete(record.id)
  images.publish(record, 'delete', record.id)
  changes.push({ kind: 'deleted', name: record.id })
  const parent = record.parent === undefined || !pruneParents ? undefined : images.get(record.parent)
  if (parent === undefined || namesOf(parent).length > 0) return
  if (findConflict(parts, parent, { force: false, names: [] }) !== undefined) return
  await deleteImage(parts, parent, pruneParents, changes)
}

interface Wish {
  readonly force: boolean
  /** Names that stand against the removal. */
  readonly names: readonly string[]
}

function findConflict(
  { usage, images }: RemovalParts,
  record: ImageRecord,
  { force, names }: Wish,
): string | undefined {
  if (images.childrenOf(record.id).length > 0) return '(cannot be forced) - image has dependent child images'
  const users = usage.ofImage(record.id)
  const running = users.find((user) => user.running)
  if (running !== undefined) return `(cannot be forced) - image is being used by running container ${idOf(running)}`
  if (force) return undefined
  if (names.length > 0) return '(must be forced) - image is referenced in multiple repositories'
  // Who only mounts it keeps what it has of it, and is told of all the same.
  const [user] = [...users, ...usage.mountingImage(record.id)]
  if (user === undefined) return undefined
  return `(must be forced) - image is being used by ${user.running ? 'running' : 'stopped'} container ${idOf(user)}`
}

function namesOf({ names, digests = [] }: ImageRecord): readonly string[] {
  return [...names, ...digests]
}

/** True when all names are of one repository and at most one of them is a tag, as in Docker. */
function hasOneName(record: ImageRecord): boolean {
  const all = namesOf(record)
  return record.names.length <= 1 && all.length > 0 && new Set(all.map(repositoryOf)).size === 1
}

function repositoryOf(name: string): string {
  const { domain, path } = parseReference(name)
  return formatReference({ domain, path })
}

function idOf(user: ContainerUser): string {
  return shortId(user.id)
}

function inUse(problem: string): Error {
  return codedError('IMAGE_IN_USE', `conflict: ${problem}`)
}

function isIdPrefix(id: string, ref: string): boolean {
  return id.startsWith(ref) || id.replace('sha256:', '').startsWith(ref)
}
