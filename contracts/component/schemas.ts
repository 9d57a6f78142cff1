import { Type, type TProperties, type TSchema } from 'typebox'

/** A 64-bit integer as a decimal string, because JSON numbers lose bits beyond 2^53. */
export const Int64 = (description: string) => Type.String({ pattern: '^-?[0-9]{1,20}$', format: 'int64', description })

/** A moment as RFC 3339 in UTC, with up to nanoseconds. */
export const Timestamp = (description: string) =>
  Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$', description })

/** Bytes: a Uint8Array in TypeScript, base64 in JSON. */
export const Bytes = (description: string) =>
  Type.Unsafe<Uint8Array>({ type: 'string', contentEncoding: 'base64', description })

/** Free words to words: labels, driver options. */
export const StringMap = (description: string) => Type.Record(Type.String(), Type.String(), { description })

/** A closed object: unknown keys are refused, so that a misspelt one is found. */
export const Closed = <P extends TProperties>(properties: P, description?: string) =>
  Type.Object(properties, {
    additionalProperties: false,
    ...(description === undefined ? {} : { description }),
  })

/** An object that a later minor version may extend: unknown keys are ignored. Used for responses. */
export const Open = <P extends TProperties>(properties: P, description?: string) =>
  Type.Object(properties, description === undefined ? {} : { description })

/** One of these words. */
export const OneOf = <const T extends readonly string[]>(words: T, description?: string) =>
  Type.Unsafe<T[number]>({
    type: 'string',
    enum: [...words],
    ...(description === undefined ? {} : { description }),
  })

/** No properties. */
export const Nothing = Closed({})

/** Absent or of that schema. */
export const Maybe = <S extends TSchema>(schema: S) => Type.Optional(schema)
