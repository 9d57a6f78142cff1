import type { JsonSchema } from '../../wire/decode.ts'

const known = new WeakMap<JsonSchema, JsonSchema>()

/** The schema with further keys allowed in every object. The same one each time, as validators are kept by it. */
export function opened(schema: JsonSchema): JsonSchema {
  const before = known.get(schema)
  if (before !== undefined) return before
  const entries = Object.entries(schema).filter(([key, value]) => key !== 'additionalProperties' || value !== false)
  const open = Object.fromEntries(entries.map(([key, value]) => [key, inside(value)]))
  known.set(schema, open)
  return open
}

function inside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inside)
  return typeof value === 'object' && value !== null ? opened(value as JsonSchema) : value
}
