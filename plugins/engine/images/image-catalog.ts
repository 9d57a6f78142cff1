import { codedError } from '@moby/contracts'
import type { Table } from '../store/table.ts'
import type { ImageRecord } from './image-record.ts'
import { canonicalName, parseReference, withDefaultTag } from './image-reference.ts'

const idPrefix = 'sha256:'

/** Images by id and by name. */
export class ImageCatalog {
  readonly table: Table<ImageRecord>

  constructor(table: Table<ImageRecord>) {
    this.table = table
  }

  /**
   * Finds an image as Docker does: by full id, by name, then by an unambiguous beginning of an id. Errors:
   * IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS, IMAGE_REFERENCE_INVALID.
   */
  resolve(ref: string): ImageRecord {
    const hex = ref.startsWith(idPrefix) ? ref.slice(idPrefix.length) : ref
    const exact = /^[0-9a-f]{64}$/.test(hex) ? this.table.get(idPrefix + hex) : undefined
    if (exact !== undefined) return exact
    const named = this.#byName(ref)
    if (named !== undefined) return named
    const matches = /^[0-9a-f]{1,64}$/.test(hex)
      ? this.table.values().filter(({ id }) => id.startsWith(idPrefix + hex))
      : []
    if (matches.length > 1) {
      throw codedError('IMAGE_AMBIGUOUS', `ambiguous image id prefix: ${ref} stands for ${matches.length} images`, {
        hint: 'Write more digits of the id.',
      })
    }
    if (matches[0] !== undefined) return matches[0]
    throw notFound(ref)
  }

  /** Whether `ref` names this image by id or a part of it, and not by a reference. */
  isById(ref: string, { id, tags, digests }: ImageRecord): boolean {
    const name = safely(() => canonicalName(withDefaultTag(parseReference(ref))))
    if (name !== undefined && (tags.includes(name) || digests.includes(name))) return false
    return id.startsWith(ref.startsWith(idPrefix) ? ref : idPrefix + ref)
  }

  /** The image that has this canonical name. */
  holderOf(name: string): ImageRecord | undefined {
    return this.table.values().find(({ tags, digests }) => tags.includes(name) || digests.includes(name))
  }

  #byName(ref: string): ImageRecord | undefined {
    if (ref.startsWith(idPrefix) || /^[0-9a-f]{64}$/.test(ref)) return undefined
    const reference = parseReference(ref)
    // With tag and digest the digest decides (distribution/reference).
    const { tag: _, ...untagged } = reference
    return this.holderOf(canonicalName(reference.digest === undefined ? withDefaultTag(reference) : untagged))
  }
}

function notFound(ref: string): Error {
  const reference = ref.startsWith(idPrefix) ? undefined : safely(() => withDefaultTag(parseReference(ref)))
  const tag = reference?.tag
  const text = tag === undefined || ref.endsWith(`:${tag}`) ? ref : `${ref}:${tag}`
  return codedError('IMAGE_NOT_FOUND', `No such image: ${text}`, { hint: '`docker images` lists those that are here.' })
}

function safely<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
