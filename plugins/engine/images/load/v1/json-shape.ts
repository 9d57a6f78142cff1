import { codedError } from '@moby/contracts'
import { normalizeTime } from './json-time.ts'
import { writeMembers, writeText } from './json-text.ts'

/** A value as Go writes it, and whether `omitempty` would leave it out. */
interface Written {
  readonly text: string
  readonly isEmpty: boolean
}

/** Writes a value again that encoding/json of Go read into a type. Null and what is missing are undefined. */
type Shape = (value: unknown, path: string) => Written

interface Field {
  readonly shape: Shape
  /** Left out when it is empty. */
  readonly omit: boolean
}

export const always = (shape: Shape): Field => ({ shape, omit: false })
export const unlessEmpty = (shape: Shape): Field => ({ shape, omit: true })

export const text: Shape = (value = '', path) => {
  if (typeof value !== 'string') throw mismatch(path, 'a text')
  return { text: writeText(value), isEmpty: value === '' }
}

export const flag: Shape = (value = false, path) => {
  if (typeof value !== 'boolean') throw mismatch(path, 'true or false')
  return { text: String(value), isEmpty: !value }
}

export const integer: Shape = (value = 0, path) => {
  if (!Number.isSafeInteger(value)) throw mismatch(path, 'an integer')
  return { text: String(value), isEmpty: value === 0 }
}

export const time: Shape = (value, path) => {
  if (value === undefined) return nothing
  const normal = typeof value === 'string' ? normalizeTime(value) : undefined
  if (normal === undefined) throw mismatch(path, 'a time of RFC 3339')
  return { text: writeText(normal), isEmpty: false }
}

export const texts: Shape = (value, path) => {
  if (value === undefined) return nothing
  if (!Array.isArray(value)) throw mismatch(path, 'a list of texts')
  return list(value.map((each: unknown, at) => text(each ?? undefined, `${path}/${at}`).text))
}

/** Commands may be one text. */
export const command: Shape = (value, path) => texts(typeof value === 'string' ? [value] : value, path)

/** A table of texts by name. */
export const textTable: Shape = (value, path) => table(value, path, text)

/** Names that mean something, with empty objects as values. */
export const names: Shape = (value, path) =>
  table(value, path, (each, at) => {
    if (each !== undefined && !isObject(each)) throw mismatch(at, 'an object')
    return { text: '{}', isEmpty: false }
  })

/** A struct: its fields in their order, found under their names in whatever case. */
export function struct(fields: Readonly<Record<string, Field>>): Shape {
  return (value, path) => {
    if (value !== undefined && !isObject(value)) throw mismatch(path, 'an object')
    const members = Object.entries(fields).flatMap(([name, { shape, omit }]) => {
      const written = shape(memberOf(value, name), `${path}/${name}`)
      return omit && written.isEmpty ? [] : [`${writeText(name)}:${written.text}`]
    })
    return { text: `{${members.join(',')}}`, isEmpty: false }
  }
}

/** What may be null. */
export function pointer(shape: Shape): Shape {
  return (value, path) => (value === undefined ? nothing : { ...shape(value, path), isEmpty: false })
}

/** The member that Go reads for a field: names are compared without regard to case, and the last one counts. */
export function memberOf(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined
  const lower = name.toLowerCase()
  const found = Object.entries(value).findLast(([key]) => key.toLowerCase() === lower)?.[1]
  return found ?? undefined
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const nothing: Written = { text: 'null', isEmpty: true }

function list(items: readonly string[]): Written {
  return { text: `[${items.join(',')}]`, isEmpty: items.length === 0 }
}

function table(value: unknown, path: string, shape: Shape): Written {
  if (value === undefined) return nothing
  if (!isObject(value)) throw mismatch(path, 'an object')
  const entries = Object.entries(value)
  const members = entries.map(([name, each]) => [name, shape(each ?? undefined, `${path}/${name}`).text] as const)
  return { text: writeMembers(new Map(members)), isEmpty: entries.length === 0 }
}

function mismatch(path: string, expected: string): Error {
  return codedError('IMAGE_INVALID', `The image configuration is invalid: ${path} is not ${expected}`, {
    details: { path },
  })
}
