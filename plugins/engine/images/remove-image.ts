import { codedError, type ResponseOf, type engineImages } from '@moby/contracts'
import type { ContainerUsage, ContainerUser } from '../usage.ts'
import { shortId, type ImageRecord } from './image-record.ts'
import type { ImageStore } from './image-store.ts'
import { formatReference, parseReference, toFamiliar, withDefaultTag } from './reference.ts'

type Changes = ResponseOf<typeof engineImages, 'remove'>['changes']

export interface RemovalParts {
  readonly images: ImageStore
  readonly usage: ContainerUsage
  /** Removes what no image needs any more and answers the chainIDs of the layers. */
  readonly sweep: () => Promise<string[]>
}

/**
 * Takes a name away and the image with its last one, or by id the image with its only name, by Docker's rules: a
 * running container keeps its image in any case, a stopped one and further names keep it unless forced. Errors:
 * IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS, IMAGE_IN_USE.
 */
export async function removeImage(
  parts: RemovalParts,
  request: { readonly ref: string; readonly force: boolean },
): Promise<Changes> {
  const { images } = parts
  const { ref, force } = request
  const record = images.find(ref)
  const changes: Changes = []
  if (isIdPrefix(record.id, ref)) {
    const isOnlyName = record.names.length === 1
    refuseConflict(parts, record, { force, names: isOnlyName ? [] : record.names })
    await untag(images, record, record.names, changes)
    return await deleteImage(parts, record, changes)
  }
  const [user] = parts.usage.ofImage(record.id)
  if (!force && record.names.length === 1 && user !== undefined) {
    throw inUse(
      `unable to remove repository reference ${JSON.stringify(ref)} (must force) - container ${shortId(user.id)} is ` +
        `using its referenced image ${shortId(record.id)}`,
    )
  }
  await untag(images, record, [formatReference(withDefaultTag(parseReference(ref)))], changes)
  // Losing a name is what was asked for; that the image itself must stay is then no error.
  const isNeeded = findConflict(parts, record, { force, names: [] }) !== undefined
  if (record.names.length > 1 || isNeeded) return changes
  return await deleteImage(parts, record, changes)
}

async function untag(
  images: ImageStore,
  record: ImageRecord,
  names: readonly string[],
  changes: Changes,
): Promise<void> {
  if (names.length === 0) return
  await images.removeNames(record, names)
  for (const name of names) {
    images.publish(record, 'untag', record.id)
    changes.push({ kind: 'untagged', name: toFamiliar(name) })
  }
}

async function deleteImage(parts: RemovalParts, record: ImageRecord, changes: Changes): Promise<Changes> {
  await parts.images.delete(record.id)
  parts.images.publish(record, 'delete', record.id)
  const layers = await parts.sweep()
  changes.push({ kind: 'deleted', name: record.id })
  changes.push(...layers.map((name) => ({ kind: 'deleted' as const, name })))
  return changes
}

interface Wish {
  readonly force: boolean
  /** Names that stand against the removal. */
  readonly names: readonly string[]
}

function refuseConflict(parts: RemovalParts, record: ImageRecord, wish: Wish): void {
  const conflict = findConflict(parts, record, wish)
  if (conflict !== undefined) throw inUse(`unable to delete ${shortId(record.id)} ${conflict}`)
}

function findConflict({ usage }: RemovalParts, record: ImageRecord, { force, names }: Wish): string | undefined {
  const users = usage.ofImage(record.id)
  const running = users.find((user) => user.running)
  if (running !== undefined) return `(cannot be forced) - image is being used by running container ${idOf(running)}`
  if (force) return undefined
  if (names.length > 0) return '(must be forced) - image is referenced in multiple repositories'
  const [stopped] = users
  return stopped === undefined
    ? undefined
    : `(must be forced) - image is being used by stopped container ${idOf(stopped)}`
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
