import { codedError } from '@moby/contracts'
import type { ImageRecord } from './image-record.ts'

/** Milliseconds since 1970; 0 when the configuration does not tell. */
export function createdAt({ document }: ImageRecord): number {
  const time = Date.parse(document.created ?? '')
  return Number.isNaN(time) ? 0 : time
}

/** Milliseconds since 1970 of a time in a filter. Fails with FILTER_INVALID. */
export function readTime(text: string): number {
  const time = Date.parse(text)
  if (!Number.isNaN(time)) return time
  throw codedError('FILTER_INVALID', `The time "${text}" of the filter cannot be read`, {
    hint: 'Give an RFC 3339 time such as 2026-01-31T12:00:00Z.',
  })
}

/** `label` is a key, or key and value. */
export function hasLabel({ document }: ImageRecord, label: string): boolean {
  const equals = label.indexOf('=')
  const key = equals === -1 ? label : label.slice(0, equals)
  const labels = document.config?.Labels ?? {}
  return Object.hasOwn(labels, key) && (equals === -1 || labels[key] === label.slice(equals + 1))
}
