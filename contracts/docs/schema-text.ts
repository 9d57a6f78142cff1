/** A schema as JSON: what TypeBox makes. */
export type SchemaNode = Readonly<Record<string, unknown>>

/** A row of a table of fields. */
export interface FieldRow {
  /** `parts[].name`: where it is in the message. */
  readonly path: string
  readonly type: string
  readonly required: boolean
  readonly meaning: string
}

/** The fields of a message, those of inner objects after their own. */
export function fieldRows(schema: SchemaNode, path = ''): FieldRow[] {
  const required = new Set((schema['required'] ?? []) as string[])
  return Object.entries((schema['properties'] ?? {}) as Record<string, SchemaNode>).flatMap(([key, field]) => {
    const at = path === '' ? key : `${path}.${key}`
    const row = { path: at, type: typeText(field), required: required.has(key), meaning: meaningOf(field) }
    return [row, ...innerRows(field, at)]
  })
}

function innerRows(field: SchemaNode, path: string): FieldRow[] {
  if (isSchema(field['properties'])) return fieldRows(field, path)
  const { items } = field
  if (isSchema(items) && !Array.isArray(items)) return innerRows(items, `${path}[]`)
  const value = recordValue(field)
  return value === undefined ? [] : innerRows(value, `${path}{}`)
}

/** A type in a few words, as it is on the wire. */
export function typeText(schema: SchemaNode): string {
  const { type, items, enum: words, const: only, anyOf } = schema
  if (Array.isArray(words)) return words.map((word) => `\`${String(word)}\``).join(' or ')
  if (only !== undefined) return `\`${JSON.stringify(only)}\``
  if (Array.isArray(anyOf)) return 'one of several forms, see the JSON Schema'
  if (schema['contentEncoding'] === 'base64') return 'bytes (base64)'
  if (schema['format'] === 'int64') return '64-bit integer (decimal string)'
  if (type === 'array' && Array.isArray(items)) return `list of exactly ${items.length}`
  if (type === 'array' && isSchema(items)) return `list of ${typeText(items)}`
  const value = recordValue(schema)
  if (value !== undefined) return `map of ${typeText(value)}`
  return typeof type === 'string' ? type : 'any JSON'
}

function meaningOf(schema: SchemaNode): string {
  const { description, items } = schema
  const own = typeof description === 'string' ? description : ''
  const inner = isSchema(items) && typeof items['description'] === 'string' ? `each: ${items['description']}` : ''
  return [own, inner, limitsOf(schema)].filter((part) => part !== '').join('; ')
}

function limitsOf(schema: SchemaNode): string {
  const unit = { Length: 'characters', Items: 'items' } as const
  const bounds = [rangeText(schema['minimum'], schema['maximum'], '')]
  for (const [key, word] of Object.entries(unit)) bounds.push(rangeText(schema[`min${key}`], schema[`max${key}`], word))
  return bounds.filter((text) => text !== '').join(', ')
}

function rangeText(least: unknown, most: unknown, unit: string): string {
  const words = [
    ...(typeof least === 'number' ? [`at least ${least}`] : []),
    ...(typeof most === 'number' ? [`at most ${most}`] : []),
  ]
  return words.length === 0 ? '' : `${words.join(' and ')} ${unit}`.trim()
}

/** The schema of the values of a map. */
function recordValue(schema: SchemaNode): SchemaNode | undefined {
  const { patternProperties } = schema
  return isSchema(patternProperties) ? (Object.values(patternProperties)[0] as SchemaNode) : undefined
}

function isSchema(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null
}
