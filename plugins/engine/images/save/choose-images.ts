import { codedError, hasCode } from '@moby/contracts'
import type { ImageRecord } from '../image-record.ts'
import type { ImageStore } from '../image-store.ts'
import { formatReference, parseReference, type Reference } from '@moby/contracts/reference'
import { fitOf, parsePlatform, tellPlatform } from '../platform.ts'

/** An image to be saved, and the names that it is saved under; none when it was asked for by its id. */
export interface ChosenImage {
  readonly record: ImageRecord
  /** Complete, with tag. */
  readonly names: readonly string[]
}

/**
 * The images that references mean, each once, in their order: a name without tag means every tag of it, a name every
 * platform of it that is here. Errors: IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS, IMAGE_REFERENCE_INVALID, PLATFORM_NOT_FOUND.
 */
export function chooseImages(
  images: ImageStore,
  refs: readonly string[],
  platforms: readonly string[] = [],
): ChosenImage[] {
  const wishes = platforms.map(parsePlatform)
  const isWanted = ({ record }: ChosenImage) => wishes.some((wish) => fitOf(record.document, wish) > 0)
  const chosen = new Map<string, { record: ImageRecord; names: Set<string> }>()
  for (const ref of refs) {
    const found = find(images, ref)
    const wanted = platforms.length === 0 ? found : found.filter(isWanted)
    if (wanted.length === 0) {
      throw codedError('PLATFORM_NOT_FOUND', `no suitable export target found for platform ${platforms.join(', ')}`, {
        details: { ref, available: found.map(({ record }) => tellPlatform(record.document)) },
      })
    }
    for (const { record, names } of wanted) {
      const entry = chosen.get(record.id) ?? { record, names: new Set() }
      for (const name of names) entry.names.add(name)
      chosen.set(record.id, entry)
    }
  }
  return [...chosen.values()].map(({ record, names }) => ({ record, names: [...names] }))
}

function find(images: ImageStore, ref: string): ChosenImage[] {
  const reference = readName(ref)
  const named = reference === undefined ? [] : withNames(images, reference)
  if (named.length > 0) return named
  const records = naming(ref, () => images.findAll(ref))
  return records.map((record) => ({ record, names: [] }))
}

/** What is not there is told as it was written: a name without tag means every tag here, and not `latest`. */
function naming<T>(ref: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!hasCode(error, 'IMAGE_NOT_FOUND')) throw error
    throw codedError('IMAGE_NOT_FOUND', `No such image: ${ref}`, { cause: error, details: { ref } })
  }
}

/** Undefined for what can be an id or a digest only. */
function readName(ref: string): Reference | undefined {
  if (/^(?:sha256:)?[a-f0-9]{64}$/.test(ref)) return undefined
  const reference = parseReference(ref)
  return reference.digest === undefined ? reference : undefined
}

function withNames(images: ImageStore, reference: Reference): ChosenImage[] {
  const { domain, path } = reference
  const whole = formatReference(reference)
  const repository = `${domain}/${path}:`
  const isMeant = (name: string) => (reference.tag === undefined ? name.startsWith(repository) : name === whole)
  return images.values().flatMap((record) => {
    const names = record.names.filter(isMeant)
    return names.length === 0 ? [] : [{ record, names }]
  })
}
