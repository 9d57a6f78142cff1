import { codedError, type Implementation, type stateStore } from '@moby/contracts'
import { validateImageConfig, type ImageConfig } from 'oci-spec-ts'
import type { Clock } from '../clock/clock.ts'
import { KeyedLock } from '../concurrency/keyed-lock.ts'
import type { EventBus } from '../events/event-bus.ts'
import { commitTogether } from '../store/write.ts'
import { chainIds } from './chain-id.ts'
import type { ContentStore } from './content-store.ts'
import type { ImageCatalog } from './image-catalog.ts'
import type { ImageRecord } from './image-record.ts'
import { familiarName, parseReference } from './image-reference.ts'

/** Reads an image configuration. Errors: IMAGE_INVALID with every rule that it breaks. */
export function readImageConfig(bytes: Uint8Array): ImageConfig {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString())
  } catch (cause) {
    throw codedError('IMAGE_INVALID', 'The configuration of the image is not JSON.', { cause })
  }
  const checked = validateImageConfig(value)
  if (checked.ok) return checked.value
  const problems = checked.problems.map(({ path, message }) => `${path} ${message}`.trim()).join('; ')
  throw codedError('IMAGE_INVALID', `The configuration of the image breaks the image specification: ${problems}`)
}

export interface ImageWriterParts {
  readonly catalog: ImageCatalog
  readonly content: ContentStore
  readonly store: Implementation<typeof stateStore>
  readonly events: EventBus
  readonly clock: Clock
}

/** Writes images and their names. All of it goes one after another, so that a name has one holder at any moment. */
export class ImageWriter {
  readonly #parts: ImageWriterParts
  readonly #lock = new KeyedLock()

  constructor(parts: ImageWriterParts) {
    this.#parts = parts
  }

  /** Runs alone among all that changes images. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    return await this.#lock.run('images', work)
  }

  /** Keeps an image whose layers are in place, or adds to the one that is there. Answers with its id. */
  async add(
    config: Uint8Array,
    document: ImageConfig,
    layerSizes: readonly string[],
    storage: string,
  ): Promise<string> {
    const { catalog, content, clock } = this.#parts
    const id = await content.put(config)
    await this.alone(async () => {
      const before = catalog.table.get(id)
      const record: ImageRecord = {
        id,
        tags: before?.tags ?? [],
        digests: before?.digests ?? [],
        document,
        chain: chainIds(document.rootfs.diff_ids ?? []),
        layerSizes,
        storage,
        addedAt: before?.addedAt ?? clock.now(),
        ...(before?.lastTaggedAt === undefined ? {} : { lastTaggedAt: before.lastTaggedAt }),
      }
      await catalog.table.put(record, 'power-loss')
    })
    return id
  }

  /** Gives a canonical name to an image and takes it from whoever had it, in one step. Tells who that was. */
  async tag(id: string, name: string): Promise<ImageRecord | undefined> {
    const { catalog, store, events, clock } = this.#parts
    return await this.alone(async () => {
      const record = catalog.table.get(id)
      if (record === undefined) throw codedError('IMAGE_NOT_FOUND', `No such image: ${id}`)
      const holder = catalog.holderOf(name)
      const writes = [
        catalog.table.putting({ ...record, tags: [...new Set([...record.tags, name])], lastTaggedAt: clock.now() }),
      ]
      const loser = holder === undefined || holder.id === id ? undefined : holder
      if (loser !== undefined)
        writes.push(catalog.table.putting({ ...loser, tags: loser.tags.filter((tag) => tag !== name) }))
      await commitTogether(store, writes, 'power-loss')
      events.publish('image', 'tag', id, { name: familiarName(parseReference(name)), ...labelsOf(record) })
      return loser
    })
  }
}

/** Labels of an image, which its events carry. */
export function labelsOf({ document }: ImageRecord): Record<string, string> {
  return { ...document.config?.Labels }
}
