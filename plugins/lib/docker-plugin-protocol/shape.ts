/**
 * Readers of JSON as Go's encoding/json reads it, because that is what both sides of these protocols rely on: keys in
 * any case, unknown keys ignored, null and absence both the empty value. Each refuses a value of another type and what
 * is longer than it may be, with the path to it.
 */
export type Reader<T> = (value: unknown, path?: string) => T

/** What a reader refused: a mistake of the peer. */
export class ShapeError extends Error {}

/** Characters of one text, unless a reader says otherwise. */
const longestText = 64 * 1024
const longestList = 100_000

export function text(longest = longestText): Reader<string> {
  return (value, path = '') => {
    if (isEmpty(value)) return ''
    if (typeof value !== 'string') throw refuse(path, 'a text', value)
    if (value.length > longest)
      throw new ShapeError(`${at(path)} has ${value.length} characters, ${longest} are allowed`)
    return value
  }
}

export const flag: Reader<boolean> = (value, path = '') => {
  if (isEmpty(value)) return false
  if (typeof value !== 'boolean') throw refuse(path, 'true or false', value)
  return value
}

export const whole: Reader<number> = (value, path = '') => {
  if (isEmpty(value)) return 0
  if (!Number.isSafeInteger(value)) throw refuse(path, 'a whole number', value)
  return value as number
}

/** Bytes: base64 in JSON. */
export const base64: Reader<Buffer> = (value, path = '') => {
  if (isEmpty(value)) return Buffer.alloc(0)
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) throw refuse(path, 'base64', value)
  return Buffer.from(value, 'base64')
}

/** Whatever it is. */
export const anything: Reader<unknown> = (value) => value

export function list<T>(items: Reader<T>): Reader<T[]> {
  return (value, path = '') => {
    if (isEmpty(value)) return []
    if (!Array.isArray(value)) throw refuse(path, 'a list', value)
    if (value.length > longestList)
      throw new ShapeError(`${at(path)} has ${value.length} items, ${longestList} are allowed`)
    return value.map((item, index) => items(item, `${path}/${index}`))
  }
}

/** An object with any keys, which keep their case. */
export function table<T>(values: Reader<T>): Reader<Record<string, T>> {
  return (value, path = '') => {
    if (isEmpty(value)) return {}
    if (!isObject(value)) throw refuse(path, 'an object', value)
    const entries = Object.entries(value)
    if (entries.length > longestList) {
      throw new ShapeError(`${at(path)} has ${entries.length} keys, ${longestList} are allowed`)
    }
    return Object.fromEntries(entries.map(([key, item]) => [key, values(item, `${path}/${key}`)]))
  }
}

type Fields = Readonly<Record<string, Reader<unknown>>>
type ShapeOf<F extends Fields> = { [K in keyof F]: F[K] extends Reader<infer T> ? T : never }

/** An object with these keys; of several spellings of one the last counts. */
export function shape<F extends Fields>(fields: F): Reader<ShapeOf<F>> {
  return (value, path = '') => {
    if (!isEmpty(value) && !isObject(value)) throw refuse(path, 'an object', value)
    const given = new Map(Object.entries(value ?? {}).map(([key, item]) => [key.toLowerCase(), item]))
    return Object.fromEntries(
      Object.entries(fields).map(([key, reader]) => [key, reader(given.get(key.toLowerCase()), `${path}/${key}`)]),
    ) as ShapeOf<F>
  }
}

/** Undefined where the value is null or absent, so that a pointer of Go keeps its meaning. */
export function maybe<T>(reader: Reader<T>): Reader<T | undefined> {
  return (value, path) => (isEmpty(value) ? undefined : reader(value, path))
}

function isEmpty(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refuse(path: string, wanted: string, value: unknown): ShapeError {
  const found = Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
  return new ShapeError(`${at(path)} is ${found}, not ${wanted}`)
}

function at(path: string): string {
  return path === '' ? 'the body' : path
}
