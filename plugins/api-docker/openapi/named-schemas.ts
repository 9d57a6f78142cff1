import type { JsonSchema } from '../wire/decode.ts'
import * as containers from './answers/container.ts'
import * as images from './answers/image.ts'
import * as networks from './answers/network.ts'
import * as plugins from './answers/plugin.ts'
import { ContainerStats } from './answers/stats.ts'
import * as system from './answers/system.ts'
import { requests } from './requests.ts'

/** Schemas that have a name in the document, and stand there once. */
export const namedSchemas: Readonly<Record<string, JsonSchema>> = {
  ...containers,
  ...images,
  ...networks,
  ...plugins,
  ContainerStats,
  ...system,
  ...requests,
}

const names = new Map(Object.entries(namedSchemas).map(([name, schema]) => [schema, name]))

/** The schema with references in the place of those that have a name. */
export function withReferences(schema: JsonSchema): JsonSchema {
  const name = names.get(schema)
  return name === undefined ? innerReferences(schema) : { $ref: `#/components/schemas/${name}` }
}

/** The same for what stands under a name itself. */
export function innerReferences(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, inside(value)]))
}

function inside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inside)
  return typeof value === 'object' && value !== null ? withReferences(value as JsonSchema) : value
}
