import { codedError, type Implementation, type stateStore } from '@moby/contracts'
import type { EventBus } from '../events/event-bus.ts'
import type { Table } from '../store/table.ts'
import { commitTogether } from '../store/write.ts'
import type { ImageRecord } from './image-record.ts'
import { familiarReference, formatReference, parseReference, toFamiliar, withDefaultTag } from './reference.ts'

export interface ImageStoreParts {
  readonly table: Table<ImageRecord>
  readonly store: Implementation<typeof stateStore>
  readonly events: EventBus
  readonly now: () => string
}

/** The records of images and their names. A name belongs to one image at most. Changes must not overlap. */
export class ImageStore {
  readonly #parts: ImageStoreParts

  constructor(parts: ImageStoreParts) {
    this.#parts = parts
  }

  /** True when some records cannot be read, so that nobody knows what they need. */
  get isIncomplete(): boolean {
    return this.#parts.table.quarantined().length > 0
  }

  get(id: string): ImageRecord | undefined {
    return this.#parts.table.get(id)
  }

  values(): ImageRecord[] {
    return this.#parts.table.values()
  }

  withName(name: string): ImageRecord | undefined {
    return this.values().find(({ names }) => names.includes(name))
  }

  /**
   * Finds an image by id, name or the beginning of its id, in this order. Fails with IMAGE_NOT_FOUND,
   * IMAGE_AMBIGUOUS or IMAGE_REFERENCE_INVALID, in Docker's words.
   */
  find(ref: string): ImageRecord {
    const whole = /^(?:sha256:)?([a-f0-9]{64})$/.exec(ref)?.[1]
    if (whole !== undefined) {
      const record = this.get(`sha256:${whole}`)
      if (record !== undefined) return record
      throw notFound(`sha256:${whole}`)
    }
    const prefix = /^(?:sha256:)?([a-f0-9]{1,64})$/.exec(ref)?.[1]
    const reference = withDefaultTag(parseReference(ref))
    const named = this.withName(formatReference(reference))
    if (named !== undefined) return named
    const found = prefix === undefined ? [] : this.values().filter(({ id }) => id.startsWith(`sha256:${prefix}`))
    const [only] = found
    if (only === undefined) throw notFound(familiarReference(reference))
    if (found.length === 1) return only
    throw codedError('IMAGE_AMBIGUOUS', `Several images have an id that begins with ${ref}`, {
      hint: 'Give more digits of the id.',
      details: { ids: found.map(({ id }) => id) },
    })
  }

  /**
   * Writes a new image with its names, which are taken from others that have them. Answers those whose name was
   * taken: name and former owner. All of it happens at once.
   */
  async put(record: ImageRecord, names: readonly string[]): Promise<{ name: string; from: string }[]> {
    const { table, store } = this.#parts
    const taken: { name: string; from: string }[] = []
    const writes = []
    for (const other of this.values()) {
      const lost = other.id === record.id ? [] : other.names.filter((name) => names.includes(name))
      if (lost.length === 0) continue
      taken.push(...lost.map((name) => ({ name, from: other.id })))
      writes.push(table.putting({ ...other, names: other.names.filter((name) => !lost.includes(name)) }))
    }
    const isTagged = names.some((name) => !record.names.includes(name))
    writes.push(
      table.putting({
        ...record,
        names: [...new Set([...record.names, ...names])],
        ...(isTagged ? { lastTaggedAt: this.#parts.now() } : {}),
      }),
    )
    await commitTogether(store, writes, 'power-loss')
    return taken
  }

  async removeNames(record: ImageRecord, names: readonly string[]): Promise<void> {
    const left = record.names.filter((name) => !names.includes(name))
    await this.#parts.table.put({ ...record, names: left }, 'power-loss')
  }

  async delete(id: string): Promise<void> {
    await this.#parts.table.delete(id, 'power-loss')
  }

  /** Tells an event of an image: its labels, and as `name` what it was done to. */
  publish(record: Pick<ImageRecord, 'id' | 'document'>, action: string, name: string): void {
    this.#parts.events.publish('image', action, record.id, { ...record.document.config?.Labels, name })
  }

  publishTag(record: ImageRecord, name: string): void {
    this.publish(record, 'tag', toFamiliar(name))
  }
}

function notFound(ref: string): Error {
  return codedError('IMAGE_NOT_FOUND', `No such image: ${ref}`, { details: { ref } })
}
