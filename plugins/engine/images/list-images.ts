import { posix } from 'node:path'
import type { engineImages, RequestOf } from '@moby/contracts'
import { createdAt, hasLabel, readTime } from './image-facts.ts'
import type { ImageRecord } from './image-record.ts'
import type { ImageStore } from './image-store.ts'
import { familiarName, parseReference, toFamiliar } from '@moby/contracts/reference'

type Filter = NonNullable<RequestOf<typeof engineImages, 'list'>['filter']>

/**
 * The images that pass a filter, newest first, each with the names that the filter lets show. Errors: IMAGE_NOT_FOUND
 * for `before` and `since`, FILTER_INVALID.
 */
export function listImages(store: ImageStore, filter: Filter = {}): ImageRecord[] {
  const before = filter.before === undefined ? undefined : createdAt(store.find(filter.before))
  const since = filter.since === undefined ? undefined : createdAt(store.find(filter.since))
  const until = filter.createdBefore === undefined ? undefined : readTime(filter.createdBefore)
  const { references = [], labels = [], dangling } = filter
  const parents = filter.all === true ? undefined : new Set(store.values().map(({ parent }) => parent))
  return store
    .values()
    .filter((record) => {
      const isNameless = record.names.length === 0 && (record.digests ?? []).length === 0
      if (isNameless && parents?.has(record.id) === true) return false
      const created = createdAt(record)
      return (
        (before === undefined || created < before) &&
        (since === undefined || created > since) &&
        (until === undefined || created < until) &&
        (dangling === undefined || dangling === (record.names.length === 0)) &&
        labels.every((label) => hasLabel(record, label))
      )
    })
    .map((record) =>
      references.length === 0
        ? record
        : { ...record, names: record.names.filter((name) => references.some((pattern) => matches(name, pattern))) },
    )
    .filter((record) => references.length === 0 || record.names.length > 0)
    .map((record) => ({ record, created: createdAt(record) }))
    .sort((a, b) => b.created - a.created || (a.record.id < b.record.id ? -1 : 1))
    .map(({ record }) => record)
}

/** As Docker: a glob of the familiar name, with its tag or without. */
function matches(name: string, pattern: string): boolean {
  return posix.matchesGlob(toFamiliar(name), pattern) || posix.matchesGlob(familiarName(parseReference(name)), pattern)
}
