import { codedError, type Implementation, type stateStore } from '@moby/contracts'
import type { EventBus } from '../events/event-bus.ts'
import type { Table } from '../store/table.ts'
import { commitTogether, type Write } from '../store/write.ts'
import type { ImageRecord } from './image-record.ts'
import { fitOf, hostPlatform, parsePlatform, samePlatform, tellPlatform } from './platform.ts'
import {
  familiarReference,
  formatReference,
  parseReference,
  toFamiliar,
  withDefaultTag,
} from '@moby/contracts/reference'

export interface ImageStoreParts {
  readonly table: Table<ImageRecord>
  readonly store: Implementation<typeof stateStore>
  readonly events: EventBus
  readonly now: () => string
  /** Answers once content and layers that a new record needs outlast a loss of power. */
  readonly flush: () => Promise<void>
}

/** What belongs to a new record beside it. */
export interface PutOptions {
  /** Writes that happen with it, or not at all. */
  readonly also?: readonly Write[]
  /** Set by who has flushed content and layers already. */
  readonly isFlushed?: boolean
  /** This boot of the host, for an image that need not outlast it. */
  readonly boot?: string | undefined
}

/**
 * The records of images and their names. A name belongs to one image of each platform at most. Changes must not overlap.
 */
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

  /** Images of every platform that have a name, or that were pulled or pushed as that digest. */
  named(name: string): ImageRecord[] {
    const isDigest = name.includes('@')
    return this.values().filter((record) => (isDigest ? (record.digests ?? []) : record.names).includes(name))
  }

  /** Ids of images that were made of this one here. */
  childrenOf(id: string): string[] {
    return this.values()
      .filter(({ parent }) => parent === id)
      .map((record) => record.id)
  }

  /**
   * Finds an image by id, name or the beginning of its id, in this order. Of several platforms: the one asked for, else
   * that of the host, else the one that was named last. Fails with IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS,
   * PLATFORM_NOT_FOUND or IMAGE_REFERENCE_INVALID, in Docker's words.
   */
  find(ref: string, platform?: string): ImageRecord {
    const found = this.findAll(ref)
    const [first] = found
    if (first === undefined) throw notFound(ref)
    if (platform !== undefined) return ofPlatform(found, platform, ref)
    const host = hostPlatform()
    return best(found, (record) => fitOf(record.document, host)) ?? first
  }

  /** Every image that a reference means: several are of several platforms. Errors as `find`; never empty. */
  findAll(ref: string): ImageRecord[] {
    const whole = /^(?:sha256:)?([a-f0-9]{64})$/.exec(ref)?.[1]
    if (whole !== undefined) {
      const record = this.get(`sha256:${whole}`)
      if (record !== undefined) return [record]
      throw notFound(`sha256:${whole}`)
    }
    const prefix = /^(?:sha256:)?([a-f0-9]{1,64})$/.exec(ref)?.[1]
    const reference = withDefaultTag(parseReference(ref))
    const named = this.#byReference(reference)
    if (named.length > 0) return named
    const found = prefix === undefined ? [] : this.values().filter(({ id }) => id.startsWith(`sha256:${prefix}`))
    const [only] = found
    if (only === undefined) throw notFound(familiarReference(reference))
    if (found.length === 1) return [only]
    throw codedError('IMAGE_AMBIGUOUS', `Several images have an id that begins with ${ref}`, {
      hint: 'Give more digits of the id.',
      details: { ids: found.map(({ id }) => id) },
    })
  }

  #byReference({ domain, path, tag, digest }: ReturnType<typeof parseReference>): ImageRecord[] {
    if (digest === undefined) return newestFirst(this.named(formatReference({ domain, path, ...tagOf(tag) })))
    // A tag beside a digest says nothing more: the digest decides, as in Docker.
    const named = this.named(formatReference({ domain, path, digest }))
    const byId = this.get(digest)
    return named.length > 0 ? newestFirst(named) : byId === undefined ? [] : [byId]
  }

  /**
   * Writes a new image with its names, which are taken from others of its platform that have them, and with the
   * digests that it came by. Answers those whose name was taken: name and former owner. All of it happens at once.
   */
  async put(
    record: ImageRecord,
    names: readonly string[],
    { also = [], isFlushed = false, boot }: PutOptions = {},
  ): Promise<{ name: string; from: string }[]> {
    const { table, store } = this.#parts
    // A record must not outlast what it needs.
    const known = this.get(record.id)
    const isKnown = known?.layers === record.layers && known.manifests === record.manifests
    const isSafe = isFlushed || (isKnown && known.boot === undefined)
    // Once it is safe, or has a name, it stays so.
    const passing = names.length > 0 || (known !== undefined && known.boot === undefined) ? undefined : boot
    if (!isSafe && passing === undefined) await this.#parts.flush()
    const taken: { name: string; from: string }[] = []
    const writes: Write[] = [...also]
    for (const other of this.values()) {
      if (other.id === record.id || !samePlatform(other.document, record.document)) continue
      const lost = other.names.filter((name) => names.includes(name))
      if (lost.length === 0) continue
      taken.push(...lost.map((name) => ({ name, from: other.id })))
      writes.push(table.putting({ ...other, names: other.names.filter((name) => !lost.includes(name)) }))
    }
    const isTagged = names.some((name) => !record.names.includes(name))
    const { boot: _before, ...kept } = record
    writes.push(
      table.putting({
        ...kept,
        ...(passing === undefined ? {} : { boot: passing }),
        names: [...new Set([...record.names, ...names])],
        ...(isTagged ? { lastTaggedAt: this.#parts.now() } : {}),
      }),
    )
    await commitTogether(store, writes, passing === undefined ? 'power-loss' : 'process')
    return taken
  }

  /** Forgets images that were not flushed before the host went down: nobody knows what is left of them. */
  async forgetUnsafe(boot: string): Promise<void> {
    const { table, store } = this.#parts
    const unsafe = this.values().filter((record) => record.boot !== undefined && record.boot !== boot)
    await commitTogether(
      store,
      unsafe.map(({ id }) => table.deleting(id)),
      'power-loss',
    )
  }

  /** Writes an image as it is, without asking who has its names. */
  async update(record: ImageRecord): Promise<void> {
    await this.#parts.table.put(record, 'power-loss')
  }

  /** Takes names and digests away from an image; answers what is left of it. */
  async removeNames(record: ImageRecord, names: readonly string[]): Promise<ImageRecord> {
    const left: ImageRecord = {
      ...record,
      names: record.names.filter((name) => !names.includes(name)),
      ...(record.digests === undefined ? {} : { digests: record.digests.filter((digest) => !names.includes(digest)) }),
    }
    await this.#parts.table.put(left, 'power-loss')
    return left
  }

  async delete(id: string): Promise<void> {
    await this.#parts.table.delete(id, 'power-loss')
  }

  /** Tells an event of an image: its labels, and as `name` what it was done to. */
  publish(record: Pick<ImageRecord, 'id' | 'document'>, action: string, name: string, id: string = record.id): void {
    this.#parts.events.publish('image', action, id, { ...record.document.config?.Labels, name })
  }

  publishPrune(reclaimed: number): void {
    this.#parts.events.publish('image', 'prune', '', { reclaimed: String(reclaimed) })
  }

  publishTag(record: ImageRecord, name: string): void {
    this.publish(record, 'tag', toFamiliar(name))
  }
}

function ofPlatform(records: readonly ImageRecord[], platform: string, ref: string): ImageRecord {
  const wanted = parsePlatform(platform)
  const exact = records.find(({ document }) => samePlatform(document, wanted))
  const found = exact ?? best(records, ({ document }) => fitOf(document, wanted))
  if (found !== undefined) return found
  const [only, more] = records
  const told =
    only === undefined || more !== undefined
      ? `does not provide the specified platform (${platform})`
      : `its platform (${tellPlatform(only.document)}) does not match the specified platform (${platform})`
  throw codedError('PLATFORM_NOT_FOUND', `image with reference ${ref} was found but ${told}`, {
    details: { available: records.map(({ document }) => tellPlatform(document)) },
  })
}

function best(records: readonly ImageRecord[], fit: (record: ImageRecord) => number): ImageRecord | undefined {
  let found: ImageRecord | undefined
  let most = 0
  for (const record of records) {
    const value = fit(record)
    if (value <= most) continue
    most = value
    found = record
  }
  return found
}

function newestFirst(records: ImageRecord[]): ImageRecord[] {
  return records.toSorted((a, b) => ((a.lastTaggedAt ?? '') < (b.lastTaggedAt ?? '') ? 1 : -1))
}

function tagOf(tag: string | undefined) {
  return tag === undefined ? {} : { tag }
}

function notFound(ref: string): Error {
  return codedError('IMAGE_NOT_FOUND', `No such image: ${ref}`, { details: { ref } })
}
