import { codedError, type RequestOf, type engineImages } from '@moby/contracts'
import type { ImageCatalog } from './image-catalog.ts'
import type { ImageRecord } from './image-record.ts'
import { familiarName, familiarRepository, parseReference } from './image-reference.ts'

export type ImageFilter = NonNullable<RequestOf<typeof engineImages, 'list'>['filter']>

/** Makes the test of a filter. Errors: IMAGE_NOT_FOUND for `before` and `since`, FILTER_INVALID. */
export function imageTest(filter: ImageFilter, catalog: ImageCatalog): (record: ImageRecord) => boolean {
  const { references = [], dangling, labels = [], before, since, createdBefore } = filter
  const patterns = references.map(globToRegExp)
  const latest = before === undefined ? undefined : createdAt(catalog.resolve(before))
  const earliest = since === undefined ? undefined : createdAt(catalog.resolve(since))
  const limit = createdBefore === undefined ? undefined : readTime(createdBefore)
  return (record) => {
    const created = createdAt(record)
    if (patterns.length > 0 && !record.tags.some((tag) => matchesReference(tag, patterns))) return false
    if (dangling !== undefined && dangling !== (record.tags.length === 0)) return false
    if (latest !== undefined && created >= latest) return false
    if (earliest !== undefined && created <= earliest) return false
    if (limit !== undefined && created >= limit) return false
    return labels.every((label) => hasLabel(record, label))
  }
}

function matchesReference(tag: string, patterns: readonly RegExp[]): boolean {
  const reference = parseReference(tag)
  return patterns.some(
    (pattern) => pattern.test(familiarName(reference)) || pattern.test(familiarRepository(reference)),
  )
}

/** Go's path.Match, in which an asterisk does not cross a slash. */
function globToRegExp(glob: string): RegExp {
  const source = glob
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
  try {
    return new RegExp(`^${source}$`)
  } catch (cause) {
    throw codedError('FILTER_INVALID', `The pattern "${glob}" of the filter "reference" cannot be read.`, { cause })
  }
}

function hasLabel({ document }: ImageRecord, label: string): boolean {
  const [key = '', ...value] = label.split('=')
  const found = document.config?.Labels?.[key]
  return found !== undefined && (value.length === 0 || found === value.join('='))
}

function createdAt({ document }: ImageRecord): number {
  return document.created ? Date.parse(document.created) : 0
}

function readTime(text: string): number {
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw codedError('FILTER_INVALID', `The time "${text}" cannot be read.`)
  return time
}
