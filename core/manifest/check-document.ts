import { codedError, type CodedError } from '@moby/contracts'
import type { TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { didYouMean } from './did-you-mean.ts'
import { knownKeys, schemaAt } from './schema-walk.ts'
import type { YamlFile, YamlPath } from './yaml-file.ts'

/** What is checked: a part of a YAML file against a JSON Schema. */
export interface DocumentCheck {
  readonly schema: TSchema
  readonly file: YamlFile
  readonly value: unknown
  /** Where the value lies in the file. */
  readonly at?: YamlPath
  /** First word of the codes: of a document itself, or of the configuration of a component. */
  readonly area?: 'DOCUMENT' | 'CONFIG'
  /** Put before each message: "The configuration of storage: ". */
  readonly prefix?: string
}

interface SchemaFault {
  readonly keyword: string
  readonly schemaPath: string
  readonly instancePath: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message: string
}

/** Every fault of a value, in the order of the text: one error for each place. */
export function checkDocument(check: DocumentCheck): CodedError[] {
  // To look for faults takes much longer than to see that there are none.
  if (Check(check.schema, check.value)) return []
  const faults = Errors(check.schema, check.value) as unknown as readonly SchemaFault[]
  const problems = new Map<string, CodedError>()
  for (const fault of withoutMisspelt(check, withoutEchoes(faults))) {
    for (const problem of describe(check, fault)) {
      const { line = 0, column = 0 } = problem.span ?? {}
      const place = `${line}:${column}:${fault.keyword === 'required' ? problem.message : ''}`
      if (!problems.has(place)) problems.set(place, problem)
    }
  }
  return [...problems.values()].sort(
    (a, b) =>
      (a.span?.line ?? 0) - (b.span?.line ?? 0) ||
      (a.span?.column ?? 0) - (b.span?.column ?? 0) ||
      (a.message < b.message ? -1 : 1),
  )
}

/** The validator repeats a fault at each level above it; only the innermost tells something. */
function withoutEchoes(faults: readonly SchemaFault[]): SchemaFault[] {
  const unions = faults.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf')
  return faults
    .filter((fault) => {
      if (fault.keyword === 'boolean') return false
      return !unions.some(
        (union) =>
          union !== fault &&
          fault.instancePath.startsWith(union.instancePath) &&
          fault.schemaPath.startsWith(`${union.schemaPath}/${union.keyword}`),
      )
    })
    .flatMap((fault) => {
      if (fault.keyword !== 'additionalProperties') return [fault]
      const keys = (fault.params['additionalProperties'] as string[]).filter((key) => {
        const path = `${fault.instancePath}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
        return !faults.some((other) => other.keyword !== 'boolean' && isWithin(other.instancePath, path))
      })
      return keys.length === 0 ? [] : [{ ...fault, params: { additionalProperties: keys } }]
    })
}

/** A misspelt key is not missing as well. */
function withoutMisspelt(check: DocumentCheck, faults: readonly SchemaFault[]): SchemaFault[] {
  return faults.flatMap((fault) => {
    if (fault.keyword !== 'required') return [fault]
    const keys = knownKeys(schemaAt(check.schema, steps(fault.instancePath)))
    const meant = faults
      .filter(({ keyword, instancePath }) => keyword === 'additionalProperties' && instancePath === fault.instancePath)
      .flatMap(({ params }) => params['additionalProperties'] as string[])
      .map((key) => didYouMean(key, keys))
    const missing = (fault.params['requiredProperties'] as string[]).filter((key) => !meant.includes(key))
    return missing.length === 0 ? [] : [{ ...fault, params: { requiredProperties: missing } }]
  })
}

function isWithin(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}/`)
}

function describe(check: DocumentCheck, fault: SchemaFault): CodedError[] {
  const path = steps(fault.instancePath)
  const area = check.area ?? 'DOCUMENT'
  const at = (...more: string[]) => [...(check.at ?? []), ...path, ...more]
  const say = (text: string) =>
    check.prefix === undefined ? text.charAt(0).toUpperCase() + text.slice(1) : check.prefix + text
  const schema = schemaAt(check.schema, path)
  switch (fault.keyword) {
    case 'additionalProperties':
      return (fault.params['additionalProperties'] as string[]).map((key) => {
        const span = check.file.spanOf(at(key), 'key')
        const pattern = Object.keys(schema?.patternProperties ?? {})[0]
        if (pattern !== undefined) {
          return codedError(`${area}_VALUE`, say(`${key} is no valid name here`), { span, hint: patternHint(pattern) })
        }
        const keys = knownKeys(schema)
        const near = didYouMean(key, keys)
        const hint = near === undefined ? keysHint(keys) : `did you mean ${near}?`
        return codedError(`${area}_KEY_UNKNOWN`, say(`${inside(path)}there is no key ${key}`), { span, hint })
      })
    case 'required':
      return (fault.params['requiredProperties'] as string[]).map((key) => {
        const wanted = schemaAt(schema ?? {}, [key])
        const hint = `add ${key}: ...${wanted?.description === undefined ? '' : ` (${wanted.description})`}`
        const span = check.file.spanOf(at(), 'key')
        return codedError(`${area}_KEY_MISSING`, say(`${inside(path)}the key ${key} is missing`), { span, hint })
      })
    case 'type': {
      const value = path.reduce<unknown>((held, step) => (held as Record<string, unknown>)[step], check.value)
      const wanted = [fault.params['type']]
        .flat()
        .map((type) => typeWord(String(type)))
        .join(' or ')
      const quote = typeof value === 'number' && fault.params['type'] === 'string' ? ': put it in quotes' : ''
      const message = say(`${name(path)} must be ${wanted}, but it is ${kindOf(value)}`)
      const meaning = schema?.description === undefined ? '' : ` (${schema.description})`
      const span = check.file.spanOf(at())
      return [codedError(`${area}_TYPE`, message, { span, hint: `write ${wanted}${quote}${meaning}` })]
    }
    case 'enum': {
      const allowed = (fault.params['allowedValues'] as unknown[]).map(String)
      const value = path.reduce<unknown>((held, step) => (held as Record<string, unknown>)[step], check.value)
      const near = didYouMean(String(value), allowed)
      const hint = near === undefined ? `it can be ${allowed.join(', ')}` : `did you mean ${near}?`
      const message = say(`${name(path)} cannot be ${JSON.stringify(value)}`)
      return [codedError(`${area}_VALUE`, message, { span: check.file.spanOf(at()), hint })]
    }
    default: {
      const hint =
        fault.keyword === 'pattern'
          ? patternHint(String(fault.params['pattern']))
          : (schema?.description ?? 'change the value, or leave the key out')
      const span = check.file.spanOf(at())
      return [codedError(`${area}_VALUE`, say(`${name(path)} ${fault.message}`), { span, hint })]
    }
  }
}

function steps(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

const name = (path: readonly string[]) => (path.length === 0 ? 'the document' : path.join('.'))
const inside = (path: readonly string[]) => (path.length === 0 ? '' : `in ${path.join('.')} `)
const patternHint = (pattern: string) => `it must match ${pattern}`
const keysHint = (keys: readonly string[]) => (keys.length === 0 ? 'remove it' : `known keys: ${keys.join(', ')}`)

function typeWord(type: string): string {
  const words: Record<string, string> = {
    string: 'text',
    object: 'a mapping',
    array: 'a list',
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    null: 'empty',
  }
  return words[type] ?? type
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'number') return `the number ${value}`
  return typeof value === 'string' ? `the text ${JSON.stringify(value)}` : String(value)
}
