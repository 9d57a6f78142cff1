import { posix } from 'node:path'
import { codedError, type engineImages, type RequestOf } from '@moby/contracts'
import type { ImageRecord } from './image-record.ts'
import type { ImageStore } from './image-store.ts'
import { familiarName, parseReference, toFamiliar } from './reference.ts'

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
  return store
    .values()
    .filter((record) => {
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
    .sort((a, b) => createdAt(b) - createdAt(a) || (a.id < b.id ? -1 : 1))
}

/** As Docker: a glob of the familiar name, with its tag or without. */
function matches(name: string, pattern: string): boolean {
  return posix.matchesGlob(toFamiliar(name), pattern) || posix.matchesGlob(familiarName(parseReference(name)), pattern)
}

/** Milliseconds since 1970; 0 when the configuration does not tell. */
function createdAt({ document }: ImageRecord): number {
  const time = Date.parse(document.created ?? '')
  return Number.isNaN(time) ? 0 : time
}

function readTime(text: string): number {
  const time = Date.parse(text)
  if (!Number.isNaN(time)) return time
  throw codedError('FILTER_INVALID', `The time "${text}" of the filter cannot be read`, {
    hint: 'Give an RFC 3339 time such as 2026-01-31T12:00:00Z.',
  })
}

function hasLabel({ document }: ImageRecord, label: string): boolean {
  const equals = label.indexOf('=')
  const key = equals === -1 ? label : label.slice(0, equals)
  const labels = document.config?.Labels ?? {}
  return Object.hasOwn(labels, key) && (equals === -1 || labels[key] === label.slice(equals + 1))
}
