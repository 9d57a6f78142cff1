import type { TSchema } from 'typebox'

/** What this module reads of a JSON Schema. */
export interface SchemaNode {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: boolean | SchemaNode
  readonly items?: SchemaNode
}

/** The schema of the value at a path, undefined where it has none. */
export function schemaAt(schema: TSchema | SchemaNode, path: readonly (string | number)[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = schema as SchemaNode
  for (const step of path) {
    if (node === undefined) return undefined
    node = node.properties?.[step] ?? byPattern(node, String(step)) ?? rest(node, step)
  }
  return node
}

/** Keys that a mapping of this schema may have by name. */
export function knownKeys(schema: SchemaNode | undefined): string[] {
  return Object.keys(schema?.properties ?? {})
}

function byPattern(node: SchemaNode, key: string): SchemaNode | undefined {
  for (const [pattern, schema] of Object.entries(node.patternProperties ?? {})) {
    if (new RegExp(pattern, 'u').test(key)) return schema
  }
  return undefined
}

function rest(node: SchemaNode, step: string | number): SchemaNode | undefined {
  if (typeof step === 'number' || /^\d+$/.test(step)) {
    if (node.items !== undefined) return node.items
  }
  return typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined
}
