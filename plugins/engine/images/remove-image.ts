import {
  codedError,
  type Logger,
  type ResponseOf,
  type engineImages,
  type DriverSet,
  type storageLayers,
} from '@moby/contracts'
import type { EventBus } from '../events/event-bus.ts'
import type { ContainerUsage } from '../usage.ts'
import type { ContentStore } from './content-store.ts'
import type { ImageCatalog } from './image-catalog.ts'
import type { ImageRecord } from './image-record.ts'
import { canonicalName, familiarName, familiarRepository, parseReference, withDefaultTag } from './image-reference.ts'
import { labelsOf } from './image-writer.ts'
import type { LayerStore } from './layer-store.ts'

type Changes = ResponseOf<typeof engineImages, 'remove'>['changes']

export interface RemoveParts {
  readonly catalog: ImageCatalog
  readonly content: ContentStore
  readonly layers: LayerStore
  readonly storage: DriverSet<typeof storageLayers>
  readonly events: EventBus
  readonly usage: ContainerUsage
  readonly log: Logger
}

/**
 * Takes names away, and the image with its last one, by Docker's rules (image_delete.go): a container that uses the
 * image protects its last name, and a running one protects the image even from `force`. Must run alone.
 */
export async function removeImage(parts: RemoveParts, ref: string, force: boolean): Promise<Changes> {
  const record = parts.catalog.resolve(ref)
  const names = [...record.tags, ...record.digests]
  if (!parts.catalog.isById(ref, record)) return await removeByName(parts, record, ref, force)
  if (!force && !isOneRepository(names))
    throw conflict(record, 'must be forced', 'image is referenced in multiple repositories')
  refuseUse(parts, record, force)
  return [...(await untag(parts, record, names)), ...(await drop(parts, record))]
}

async function removeByName(parts: RemoveParts, record: ImageRecord, ref: string, force: boolean): Promise<Changes> {
  const names = [...record.tags, ...record.digests]
  const [user] = parts.usage.ofImage(record.id)
  if (!force && names.length === 1 && user !== undefined) {
    throw codedError(
      'IMAGE_IN_USE',
      `conflict: unable to remove repository reference "${ref}" (must force) - container ${user.id.slice(0, 12)} is using its referenced image ${short(record.id)}`,
      { hint: 'Remove the container first, or use force.' },
    )
  }
  const reference = withDefaultTag(parseReference(ref))
  const { tag: _, ...untagged } = reference
  const changes = await untag(parts, record, [canonicalName(reference.digest === undefined ? reference : untagged)])
  const left = parts.catalog.table.get(record.id)
  if (left === undefined || left.tags.length > 0) return changes
  // A container keeps the image, which from now on has no name.
  if (user !== undefined) return changes
  return [...changes, ...(await untag(parts, left, left.digests)), ...(await drop(parts, left))]
}

/** References of one repository count as one name: they go together. */
function isOneRepository(names: readonly string[]): boolean {
  const tags = names.filter((name) => !name.includes('@'))
  return tags.length <= 1 && new Set(names.map((name) => familiarRepository(parseReference(name)))).size <= 1
}

function refuseUse({ usage }: RemoveParts, record: ImageRecord, force: boolean): void {
  const users = usage.ofImage(record.id)
  const running = users.find((user) => user.running)
  if (running !== undefined) {
    throw conflict(record, 'cannot be forced', `image is being used by running container ${running.id.slice(0, 12)}`)
  }
  const [stopped] = users
  if (stopped !== undefined && !force) {
    throw conflict(record, 'must be forced', `image is being used by stopped container ${stopped.id.slice(0, 12)}`)
  }
}

function conflict(record: ImageRecord, force: string, reason: string): Error {
  return codedError('IMAGE_IN_USE', `conflict: unable to delete ${short(record.id)} (${force}) - ${reason}`)
}

async function untag(
  { catalog, events }: RemoveParts,
  record: ImageRecord,
  names: readonly string[],
): Promise<Changes> {
  const gone = new Set(names)
  const keep = (name: string) => !gone.has(name)
  await catalog.table.put(
    { ...record, tags: record.tags.filter(keep), digests: record.digests.filter(keep) },
    'power-loss',
  )
  return names.map((name) => {
    const familiar = familiarName(parseReference(name))
    events.publish('image', 'untag', record.id, { name: familiar, ...labelsOf(record) })
    return { kind: 'untagged' as const, name: familiar }
  })
}

/** Removes the image itself. Layers that others stand on stay. */
async function drop(parts: RemoveParts, record: ImageRecord): Promise<Changes> {
  const { catalog, content, layers, storage, events, log } = parts
  await catalog.table.delete(record.id, 'power-loss')
  events.publish('image', 'delete', record.id, { name: record.id, ...labelsOf(record) })
  const shared = new Set(
    catalog.table
      .values()
      .filter((other) => other.storage === record.storage)
      .flatMap(({ chain }) => chain),
  )
  const own = record.chain.filter((chainId) => !shared.has(chainId))
  // The image is gone for users already; what cannot be freed now is swept at the next start.
  if (storage.has(record.storage)) {
    await layers.release(storage.get(record.storage), own).catch((error: unknown) => {
      log.warn('layers of a removed image were not freed', { image: record.id, error: String(error) })
    })
  }
  await content.remove(record.id)
  return [record.id, ...own.toReversed()].map((name) => ({ kind: 'deleted' as const, name }))
}

function short(id: string): string {
  return id.slice('sha256:'.length, 'sha256:'.length + 12)
}
