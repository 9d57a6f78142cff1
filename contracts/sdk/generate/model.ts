import type { ContractDefinition, MethodDefinition, StreamType } from '../../component/contract.ts'
import * as exported from '../../index.ts'

/** A type of a message, free of any language. */
export type TypeModel =
  | { readonly kind: 'string' | 'int64' | 'bytes' | 'integer' | 'number' | 'boolean' | 'any' }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'list' | 'map'; readonly of: TypeModel }
  | { readonly kind: 'object'; readonly name: string }

export interface FieldModel {
  /** Its key in JSON. */
  readonly key: string
  readonly type: TypeModel
  readonly required: boolean
  readonly doc: string
}

/** An object with fields that are known. */
export interface ObjectModel {
  readonly name: string
  readonly doc: string
  readonly fields: readonly FieldModel[]
}

/** What flows in a stream. */
export type StreamModel = 'bytes' | TypeModel

export interface MethodModel {
  readonly name: string
  readonly doc: string
  /** Undefined for a request or response without fields. */
  readonly request: string | undefined
  readonly response: string | undefined
  readonly input: StreamModel | undefined
  readonly output: StreamModel | undefined
  readonly definition: MethodDefinition
}

export interface ContractModel {
  readonly contract: ContractDefinition
  readonly objects: readonly ObjectModel[]
  readonly methods: readonly MethodModel[]
  /** JSON Schema of every message, `create.request`, each object marked with its name as `x-type`. */
  readonly schemas: Readonly<Record<string, unknown>>
}

type SchemaNode = Readonly<Record<string, unknown>>

/** What the schemas of a contract say, with a name for every object in them. */
export function modelOf(contract: ContractDefinition): ContractModel {
  const namer = new Namer()
  const schemas: Record<string, unknown> = {}
  const methods = Object.entries(contract.methods).map(([name, definition]): MethodModel => {
    const base = capital(name)
    const message = (part: 'request' | 'response', schema: SchemaNode | undefined): string | undefined => {
      if (schema === undefined) return undefined
      const type = namer.message(schema, `${base}${capital(part)}`)
      schemas[`${name}.${part}`] = namer.marked(schema, type)
      return type
    }
    const stream = (part: 'input' | 'output', type: StreamType | undefined): StreamModel | undefined => {
      if (type === undefined) return undefined
      if (type === 'bytes') return 'bytes'
      const model = namer.typeOf(type as SchemaNode, `${base}Item`)
      schemas[`${name}.${part}`] = namer.marked(type as SchemaNode)
      return model
    }
    return {
      name,
      doc: definition.doc,
      request: message('request', definition.request as SchemaNode),
      response: definition.output === undefined ? message('response', definition.response as SchemaNode) : undefined,
      input: stream('input', definition.input),
      output: stream('output', definition.output),
      definition,
    }
  })
  return { contract, objects: namer.objects, methods, schemas }
}

/** Gives each object of a contract a name: that of its export, else one from where it stands. Like objects share one. */
class Namer {
  readonly objects: ObjectModel[] = []
  readonly #byText = new Map<string, string>()

  /** The object of a message has a name of its own, whatever it looks like. */
  message(schema: SchemaNode, name: string): string | undefined {
    if (Object.keys(propertiesOf(schema) ?? {}).length === 0) return undefined
    this.#add(schema, name)
    return name
  }

  typeOf(schema: SchemaNode, wish: string): TypeModel {
    const { type, items, enum: words } = schema
    if (Array.isArray(words)) return { kind: 'words', words: words.map(String) }
    if (schema['anyOf'] !== undefined || schema['oneOf'] !== undefined) return { kind: 'any' }
    if (schema['contentEncoding'] === 'base64') return { kind: 'bytes' }
    if (schema['format'] === 'int64') return { kind: 'int64' }
    if (type === 'array' && isNode(items) && !Array.isArray(items)) {
      return { kind: 'list', of: this.typeOf(items, singular(wish)) }
    }
    if (type === 'array') return { kind: 'list', of: { kind: 'any' } }
    const values = valuesOf(schema)
    if (values !== undefined) return { kind: 'map', of: this.typeOf(values, singular(wish)) }
    if (propertiesOf(schema) !== undefined) return { kind: 'object', name: this.#objectName(schema, wish) }
    if (type === 'string' || type === 'integer' || type === 'number' || type === 'boolean') return { kind: type }
    return { kind: 'any' }
  }

  /** The schema with the names of its objects. */
  marked(schema: SchemaNode, name = this.#byText.get(textOf(schema))): SchemaNode {
    const { items, properties, patternProperties, ...rest } = schema
    const each = (nodes: unknown) =>
      Object.fromEntries(Object.entries(nodes as object).map(([key, node]) => [key, this.marked(node as SchemaNode)]))
    return {
      ...rest,
      ...(name === undefined ? {} : { 'x-type': name }),
      ...(isNode(items) && !Array.isArray(items)
        ? { items: this.marked(items) }
        : items === undefined
          ? {}
          : { items }),
      ...(properties === undefined ? {} : { properties: each(properties) }),
      ...(patternProperties === undefined ? {} : { patternProperties: each(patternProperties) }),
    }
  }

  #objectName(schema: SchemaNode, wish: string): string {
    const text = textOf(schema)
    const known = this.#byText.get(text)
    if (known !== undefined) return known
    const wanted = exportedNames.get(text) ?? wish
    const taken = new Set(this.objects.map(({ name }) => name))
    let name = wanted
    for (let count = 2; taken.has(name); count++) name = `${wanted}${count}`
    this.#byText.set(text, name)
    this.#add(schema, name)
    return name
  }

  #add(schema: SchemaNode, name: string): void {
    const required = new Set((schema['required'] ?? []) as string[])
    const fields = Object.entries(propertiesOf(schema) ?? {}).map(([key, field]) => ({
      key,
      type: this.typeOf(field, capital(key)),
      required: required.has(key),
      doc: docOf(field),
    }))
    // What it holds comes first: some languages need a type before it is named.
    this.objects.push({ name, doc: docOf(schema), fields })
  }
}

/** Objects that the package exports under a name, by their text. */
const exportedNames: ReadonlyMap<string, string> = new Map(
  Object.entries(exported).flatMap(([name, value]): [string, string][] =>
    isNode(value) && Object.keys(propertiesOf(value) ?? {}).length > 0 && /^[A-Z]/.test(name)
      ? [[textOf(value), name]]
      : [],
  ),
)

/** `fileSystems` → `FileSystems`. */
export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word
}

function docOf({ description }: SchemaNode): string {
  return typeof description === 'string' ? description : ''
}

function propertiesOf({ properties }: SchemaNode): Record<string, SchemaNode> | undefined {
  return isNode(properties) ? (properties as Record<string, SchemaNode>) : undefined
}

function valuesOf({ patternProperties }: SchemaNode): SchemaNode | undefined {
  return isNode(patternProperties) ? (Object.values(patternProperties)[0] as SchemaNode) : undefined
}

function textOf(schema: SchemaNode): string {
  return JSON.stringify(schema)
}

function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null
}
