import type { ContractDefinition } from '../../component/contract.ts'
import { errorTable, type ErrorEntry } from '../../errors/index.ts'
import { modelOf, type ContractModel, type MethodModel, type StreamModel, type TypeModel } from './model.ts'

const note = '// Written from the contract by `npm run docs`; not to be edited.'

/** `storage.volume` → `storage-volume`. */
export function typescriptFile({ id }: ContractDefinition): string {
  return id.replaceAll('.', '-')
}

/** The types of a contract, without anything that runs: an interface for every object, and `Driver`. */
export function typescriptContract(contract: ContractDefinition): string {
  const model = modelOf(contract)
  const objects = model.objects.map(({ name, doc, fields }) => {
    const lines = fields.flatMap(({ key, type, required, doc: fieldDoc }) => [
      ...docOf(fieldDoc, '  '),
      `  readonly ${key}${required ? '' : '?'}: ${typeText(type)}${required ? '' : ' | undefined'}`,
    ])
    return [...docOf(doc, ''), `export interface ${name} {`, ...lines, '}'].join('\n')
  })
  return [note, "import type { Call } from '../component.ts'", ...objects, driver(model)].join('\n\n').concat('\n')
}

/** The table of errors: the kind of each code. */
export function typescriptErrors(): string {
  const rows = Object.entries(errorTable as Record<string, ErrorEntry>).map(
    ([code, { kind }]) => `  ${code}: '${kind}',`,
  )
  return `${note.replace('the contract', 'the contracts')}

/** Kinds by code. */
export const errorKinds: Readonly<Record<string, string>> = {
${rows.join('\n')}
}
`
}

function driver({ contract, methods }: ContractModel): string {
  const lines = methods.map((method) => {
    const { errors } = method.definition
    const told = errors.length === 0 ? method.doc : `${method.doc} Errors: ${errors.join(', ')}.`
    return [...docOf(told, '  '), `  ${method.name}(${parameters(method)}): ${answer(method)}`].join('\n')
  })
  const head = `${contract.id} ${contract.version}: ${contract.doc}`
  return [...docOf(head, ''), 'export interface Driver {', lines.join('\n\n'), '}'].join('\n')
}

function parameters({ request, input }: MethodModel): string {
  const stream = input === undefined ? [] : [`input: AsyncIterable<${streamText(input)}>`]
  return [`request: ${request ?? 'Record<string, never>'}`, ...stream, 'call?: Call'].join(', ')
}

function answer({ response, output }: MethodModel): string {
  if (output !== undefined) return `AsyncIterable<${streamText(output)}>`
  return `Promise<${response ?? 'Record<string, never>'}>`
}

function streamText(stream: StreamModel): string {
  return stream === 'bytes' ? 'Uint8Array' : typeText(stream)
}

function typeText(type: TypeModel): string {
  switch (type.kind) {
    case 'string':
    case 'boolean':
      return type.kind
    // Decimal digits: JSON has no integers of 64 bits.
    case 'int64':
      return 'string'
    case 'integer':
    case 'number':
      return 'number'
    case 'bytes':
      return 'Uint8Array'
    case 'words':
      return type.words.map((word) => `'${word}'`).join(' | ')
    case 'list':
      return `readonly ${grouped(type.of)}[]`
    case 'map':
      return `Readonly<Record<string, ${typeText(type.of)}>>`
    case 'object':
      return type.name
    default:
      return 'unknown'
  }
}

function grouped(type: TypeModel): string {
  const text = typeText(type)
  return /[ |]/.test(text) ? `(${text})` : text
}

function docOf(text: string, indent: string): string[] {
  return text === '' ? [] : [`${indent}/** ${text.replaceAll('*/', '* /')} */`]
}
