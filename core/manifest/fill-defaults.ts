import type { SchemaNode } from './schema-walk.ts'

/** Fills the defaults of a JSON Schema into a value, at every depth; the value is changed and returned. */
export function fillDefaults(schema: SchemaNode, value: unknown): unknown {
  const filled = value === undefined ? structuredClone(schema.default) : value
  if (Array.isArray(filled)) {
    const { items } = schema
    return items === undefined ? filled : filled.map((item) => fillDefaults(items, item))
  }
  if (typeof filled !== 'object' || filled === null) return filled
  const object = filled as Record<string, unknown>
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const child = fillDefaults(property, Object.hasOwn(object, key) ? object[key] : undefined)
    if (child !== undefined) object[key] = child
  }
  return object
}

/** Freezes a plain value at every depth. */
export function freezeDeep<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const child of Object.values(value)) freezeDeep(child)
  }
  return value
}
