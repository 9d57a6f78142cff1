import { invalidRequest } from './api-error.ts'
import { Numeral } from './parse-json.ts'

/**
 * Reads one JSON value as Go's encoding/json reads it into a field of that type: keys match in any case, unknown keys
 * and null are passed over, wrong types are errors. `undefined` means that nothing was given.
 */
export interface Decoder<T> {
  (value: unknown, path: string): T | undefined
  /** What it takes, for the description of the API. That null means nothing given is true everywhere, and not told. */
  readonly schema: JsonSchema
}

export type JsonSchema = Readonly<Record<string, unknown>>

/** A decoder that takes what the schema says. */
export function decoder<T>(schema: JsonSchema, read: (value: unknown, path: string) => T | undefined): Decoder<T> {
  return Object.assign(read, { schema })
}

/** What a decoder makes. */
export type Decoded<D> = D extends Decoder<infer T> ? T : never

type Fields = Readonly<Record<string, Decoder<unknown>>>
type DecodedFields<F extends Fields> = { [K in keyof F]?: Decoded<F[K]> }

export const text = decoder<string>({ type: 'string' }, (value, path) => {
  if (value === null || value === undefined) return undefined
  if (typeof value !== 'string') throw wrongType(path, 'a string', value)
  return value
})

export const bool = decoder<boolean>({ type: 'boolean' }, (value, path) => {
  if (value === null || value === undefined) return undefined
  if (typeof value !== 'boolean') throw wrongType(path, 'a boolean', value)
  return value
})

/** An integer that a JavaScript number holds exactly; larger ones are refused rather than rounded. */
export const integer = decoder<number>({ type: 'integer', format: 'int64' }, (value, path) => {
  if (value === null || value === undefined) return undefined
  if (!(value instanceof Numeral) || !/^-?\d+$/.test(value.text)) throw wrongType(path, 'an integer', value)
  const number = Number(value.text)
  if (!Number.isSafeInteger(number)) throw invalidRequest(`invalid JSON: ${path}: ${value.text} is out of range`)
  return number === 0 ? 0 : number
})

/** An integer of at least zero. */
export const unsigned = decoder<number>({ type: 'integer', format: 'int64', minimum: 0 }, (value, path) => {
  const number = integer(value, path)
  if (number !== undefined && number < 0) throw invalidRequest(`invalid JSON: ${path}: ${number} is out of range`)
  return number
})

export function list<T>(item: Decoder<T>, empty?: T): Decoder<T[]> {
  return decoder({ type: 'array', items: item.schema }, (value, path) => {
    if (value === null || value === undefined) return undefined
    if (!Array.isArray(value)) throw wrongType(path, 'an array', value)
    const items = value.map((entry: unknown, index) => item(entry, `${path}[${index}]`) ?? empty)
    return items.filter((entry): entry is NonNullable<typeof entry> => entry !== undefined) as T[]
  })
}

export const texts = list(text, '')

/** One string or several, as Docker's StrSlice. */
export const command = decoder<string[]>({ anyOf: [text.schema, texts.schema] }, (value, path) =>
  typeof value === 'string' ? [value] : texts(value, path),
)

/** Free keys; what is null under a key becomes `empty`, or is left out. */
export function map<T>(item: Decoder<T>, empty?: T): Decoder<Record<string, T>> {
  return decoder({ type: 'object', additionalProperties: item.schema }, (value, path) => {
    if (value === null || value === undefined) return undefined
    if (!isObject(value)) throw wrongType(path, 'an object', value)
    const entries = Object.entries(value)
      .map(([key, entry]) => [key, item(entry, `${path}.${key}`) ?? empty] as const)
      .filter(([, entry]) => entry !== undefined)
    // Not by assignment: a key named __proto__ must stay a key.
    return Object.fromEntries(entries) as Record<string, T>
  })
}

export const textMap = map(text, '')

const anything = map(decoder<true>({ type: 'object' }, () => true))

/** Keys alone count: `{"80/tcp": {}}`. */
export const keySet = decoder<string[]>(anything.schema, (value, path) => {
  const decoded = anything(value, path)
  return decoded === undefined ? undefined : Object.keys(decoded)
})

/** An object with known keys. Two spellings of one key in one object are refused: they would mean two things. */
export function fields<F extends Fields>(known: F): Decoder<DecodedFields<F>> {
  const spelling = new Map(Object.keys(known).map((key) => [key.toLowerCase(), key]))
  const properties = Object.fromEntries(Object.entries(known).map(([key, { schema }]) => [key, schema]))
  return decoder({ type: 'object', properties }, (value, path) => {
    if (value === null || value === undefined) return undefined
    if (!isObject(value)) throw wrongType(path, 'an object', value)
    const result: Record<string, unknown> = {}
    const seen = new Set<string>()
    for (const [written, entry] of Object.entries(value)) {
      const key = spelling.get(written.toLowerCase())
      if (key === undefined) continue
      const here = path === '' ? key : `${path}.${key}`
      if (seen.has(key)) throw invalidRequest(`invalid JSON: ${here} is given twice in different spellings`)
      seen.add(key)
      const decoded = known[key]?.(entry, here)
      if (decoded !== undefined) result[key] = decoded
    }
    return result as DecodedFields<F>
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Numeral)
}

function wrongType(path: string, wanted: string, value: unknown) {
  return invalidRequest(`invalid JSON: ${path === '' ? 'the body' : path} must be ${wanted}, not ${describe(value)}`)
}

function describe(value: unknown): string {
  if (value instanceof Numeral) return `the number ${value.text.slice(0, 40)}`
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
