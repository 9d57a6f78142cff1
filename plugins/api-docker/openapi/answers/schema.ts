import type { JsonSchema } from '../../wire/decode.ts'

type Properties = Readonly<Record<string, JsonSchema>>

export const text: JsonSchema = { type: 'string' }
export const flag: JsonSchema = { type: 'boolean' }
export const int64: JsonSchema = { type: 'integer', format: 'int64' }
export const number: JsonSchema = { type: 'number' }
/** RFC 3339 with up to nanoseconds. */
export const moment: JsonSchema = { type: 'string', format: 'date-time' }
/** An object without keys that are known: a set's value, what a driver tells, the configuration of an image. */
export const anyObject: JsonSchema = { type: 'object' }

/** An object with these keys and no others; the ones of `optional` may be left out. */
export function object(required: Properties, optional: Properties = {}): JsonSchema {
  return {
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  }
}

export function list(items: JsonSchema): JsonSchema {
  return { type: 'array', items }
}

export function mapOf(values: JsonSchema): JsonSchema {
  return { type: 'object', additionalProperties: values }
}

export function words(...values: readonly string[]): JsonSchema {
  return { type: 'string', enum: values }
}

/** Docker writes null where Go has no value. */
export function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] }
}

export const texts = list(text)
export const textMap = mapOf(text)
