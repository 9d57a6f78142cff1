import type { TSchema } from 'typebox'

/** How values of a schema look in JSON: the same, but for bytes, which are base64 there. */
export interface Codec {
  /** From TypeScript's form to JSON's. The argument is not changed. */
  encode(value: unknown): unknown
  /** From JSON's form, checked against the schema before, to TypeScript's. May change its argument. */
  decode(value: unknown): unknown
}

/** Raised by `decode` for a text that is not base64; `path` is a JSON pointer. */
export class NotBase64 extends Error {
  readonly path: string
  constructor(path: string) {
    super('must be base64')
    this.path = path
  }
}

interface Node {
  encode(value: unknown): unknown
  decode(value: unknown, path: string): unknown
}
type SchemaNode = Readonly<Record<string, unknown>>

const compiled = new WeakMap<TSchema, Codec>()
const same: Codec = { encode: (value) => value, decode: (value) => value }

/** The codec of a schema, compiled at the first call. Fails for bytes inside of a union, which nothing tells apart. */
export function codecOf(schema: TSchema): Codec {
  const known = compiled.get(schema)
  if (known !== undefined) return known
  const node = compile(schema as SchemaNode)
  const codec: Codec =
    node === undefined ? same : { encode: (value) => node.encode(value), decode: (value) => node.decode(value, '') }
  compiled.set(schema, codec)
  return codec
}

/** Undefined where no bytes can be below the schema. */
function compile(schema: SchemaNode): Node | undefined {
  if (schema['contentEncoding'] === 'base64') return bytes
  for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
    const branches = (schema[keyword] ?? []) as readonly SchemaNode[]
    if (branches.some((branch) => compile(branch) !== undefined)) throw new Error(`bytes cannot stand in ${keyword}`)
  }
  if (Array.isArray(schema['items'])) return tuple(schema['items'] as SchemaNode[])
  if (isSchema(schema['items'])) return list(schema['items'])
  if (isSchema(schema['properties'])) return object(schema['properties'] as Record<string, SchemaNode>)
  if (isSchema(schema['patternProperties'])) return map(schema['patternProperties'] as Record<string, SchemaNode>)
  return undefined
}

function isSchema(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null
}

const bytes: Node = {
  encode(value) {
    if (!(value instanceof Uint8Array)) return value
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  },
  decode(value, path) {
    const text = value as string
    const decoded = Buffer.from(text, 'base64')
    const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
    if (text.length % 4 !== 0 || decoded.length !== (text.length / 4) * 3 - padding) throw new NotBase64(path)
    return new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.byteLength)
  },
}

function object(properties: Readonly<Record<string, SchemaNode>>): Node | undefined {
  const fields = Object.entries(properties).flatMap(([key, schema]) => {
    const node = compile(schema)
    return node === undefined ? [] : [{ key, node }]
  })
  if (fields.length === 0) return undefined
  const convert = (value: unknown, each: (node: Node, item: unknown, key: string) => unknown): unknown => {
    if (!isSchema(value)) return value
    const copy: Record<string, unknown> = { ...value }
    for (const { key, node } of fields) {
      if (Object.hasOwn(copy, key) && copy[key] !== undefined) copy[key] = each(node, copy[key], key)
    }
    return copy
  }
  return {
    encode: (value) => convert(value, (node, item) => node.encode(item)),
    decode: (value, path) => convert(value, (node, item, key) => node.decode(item, `${path}/${key}`)),
  }
}

function map(patterns: Readonly<Record<string, SchemaNode>>): Node | undefined {
  const node = Object.values(patterns)
    .map(compile)
    .find((each) => each !== undefined)
  if (node === undefined) return undefined
  const convert = (value: unknown, each: (item: unknown, key: string) => unknown): unknown =>
    isSchema(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, each(item, key)])) : value
  return {
    encode: (value) => convert(value, (item) => node.encode(item)),
    decode: (value, path) => convert(value, (item, key) => node.decode(item, `${path}/${key}`)),
  }
}

function list(items: SchemaNode): Node | undefined {
  const node = compile(items)
  if (node === undefined) return undefined
  return {
    encode: (value) => (Array.isArray(value) ? value.map((item) => node.encode(item)) : value),
    decode: (value, path) => (value as unknown[]).map((item, index) => node.decode(item, `${path}/${index}`)),
  }
}

function tuple(items: readonly SchemaNode[]): Node | undefined {
  const nodes = items.map(compile)
  if (nodes.every((node) => node === undefined)) return undefined
  const convert = (value: unknown, each: (node: Node, item: unknown, index: number) => unknown): unknown =>
    (value as unknown[]).map((item, index) => {
      const node = nodes[index]
      return node === undefined ? item : each(node, item, index)
    })
  return {
    encode: (value) => (Array.isArray(value) ? convert(value, (node, item) => node.encode(item)) : value),
    decode: (value, path) => convert(value, (node, item, index) => node.decode(item, `${path}/${index}`)),
  }
}
