import type { ContractDefinition } from '../../component/contract.ts'
import { errorKinds, errorTable, type ErrorEntry } from '../../errors/index.ts'
import {
  capital,
  modelOf,
  type ContractModel,
  type FieldModel,
  type MethodModel,
  type ObjectModel,
  type StreamModel,
  type TypeModel,
} from './model.ts'

/** Import path of the Go module. */
export const goModule = 'moby-origin/sdk'
const note = '// Code generated from the contract by `npm run docs`. DO NOT EDIT.'
const initialisms = new Map(
  ['Id', 'Url', 'Json', 'Ip', 'Uid', 'Gid', 'Tty', 'Cpu', 'Ipv4', 'Ipv6'].map((word) => [word, word.toUpperCase()]),
)

/** `storage.volume` → `storagevolume`. */
export function goPackage({ id }: ContractDefinition): string {
  return id.replaceAll('.', '')
}

/** The Go package of a contract: a struct for every object, the interface of a driver, both sides of the wire. */
export function goContract(contract: ContractDefinition): string {
  const model = modelOf(contract)
  return [
    note,
    `${comment(`Package ${goPackage(contract)} is the contract ${contract.id} ${contract.version}: ${contract.doc}`)}\npackage ${goPackage(contract)}`,
    `import (\n\t"context"\n\n\t"${goModule}/wire"\n)`,
    ...model.objects.map(struct),
    driverInterface(model),
    contractVariable(model),
    serveFunction(model),
    clientType(model),
    ...model.methods.map(clientMethod),
  ]
    .join('\n\n')
    .concat('\n')
}

/** The table of errors. */
export function goErrors(): string {
  const row = (key: string, value: string) => `\tcase "${key}":\n\t\treturn ${value}`
  const kinds = Object.entries(errorKinds).map(([kind, status]) => row(kind, String(status)))
  const codes = Object.entries(errorTable as Record<string, ErrorEntry>).map(([code, { kind }]) =>
    row(code, `"${kind}"`),
  )
  return `${note}

package wire

// statusOf tells the status of HTTP of a kind of error, 0 for a kind that is not known.
func statusOf(kind string) int {
	switch kind {
${kinds.join('\n')}
	}
	return 0
}

// kindOf tells the kind of a code of the table, nothing for a code from elsewhere.
func kindOf(code string) string {
	switch code {
${codes.join('\n')}
	}
	return ""
}
`
}

function struct({ name, doc, fields }: ObjectModel): string {
  const head = comment(doc === '' ? `${name} is part of the messages of the contract.` : `${name}: ${doc}`)
  return `${head}\ntype ${name} struct {\n${fields.map(field).join('\n\n')}\n}`
}

function field({ key, type, required, doc }: FieldModel): string {
  const tag = `\`json:"${key}${required ? '' : ',omitempty'}"\``
  const lines = doc === '' ? '' : `${comment(doc, '\t')}\n`
  return `${lines}\t${exported(key)} ${required ? requiredType(type) : optionalType(type)} ${tag}`
}

/** A list or map that nobody made is still one on the wire. */
function requiredType(type: TypeModel): string {
  if (type.kind === 'list') return `wire.List[${typeText(type.of)}]`
  if (type.kind === 'map') return `wire.Map[${typeText(type.of)}]`
  return typeText(type)
}

function optionalType(type: TypeModel): string {
  const text = typeText(type)
  return type.kind === 'list' || type.kind === 'map' || type.kind === 'any' ? text : `*${text}`
}

function typeText(type: TypeModel): string {
  switch (type.kind) {
    case 'string':
    case 'words':
      return 'string'
    case 'int64':
      return 'wire.Int64'
    case 'integer':
      return 'int'
    case 'number':
      return 'float64'
    case 'boolean':
      return 'bool'
    case 'bytes':
      return 'wire.Bytes'
    case 'list':
      return `[]${typeText(type.of)}`
    case 'map':
      return `map[string]${typeText(type.of)}`
    case 'object':
      return type.name
    default:
      return 'any'
  }
}

function driverInterface({ contract, methods }: ContractModel): string {
  const lines = methods.map(
    (method) => `${comment(methodDoc(method), '\t')}\n\t${exported(method.name)}${signature(method)}`,
  )
  return `${comment(`Driver is what a driver of ${contract.id} implements, and what a client offers.`)}\ntype Driver interface {\n${lines.join('\n\n')}\n}`
}

function signature({ request, response, input, output }: MethodModel): string {
  const parameters = [
    'ctx context.Context',
    ...(request === undefined ? [] : [`request ${request}`]),
    ...(input === undefined ? [] : [`input *wire.Input[${streamText(input)}]`]),
    ...(output === undefined ? [] : [`send func(${streamText(output)}) error`]),
  ]
  return `(${parameters.join(', ')}) ${output !== undefined || response === undefined ? 'error' : `(${response}, error)`}`
}

function methodDoc({ name, doc, definition }: MethodModel): string {
  const errors = definition.errors.length === 0 ? '' : `\n\nErrors: ${definition.errors.join(', ')}.`
  return `${exported(name)}: ${doc}${errors}`
}

function streamText(stream: StreamModel): string {
  return stream === 'bytes' ? '[]byte' : typeText(stream)
}

function contractVariable({ contract, methods, schemas }: ContractModel): string {
  const rows = methods.map(({ name, input, output, definition }) => {
    const fields = [
      `Name: "${name}"`,
      ...(input === undefined ? [] : [`Input: wire.${input === 'bytes' ? 'ByteStream' : 'RecordStream'}`]),
      ...(output === undefined ? [] : [`Output: wire.${output === 'bytes' ? 'ByteStream' : 'RecordStream'}`]),
      `DeadlineMs: ${definition.deadlineMs}`,
      ...(definition.idempotent ? ['Idempotent: true'] : []),
      ...(definition.maxBytes === undefined ? [] : [`MaxBytes: ${definition.maxBytes}`]),
    ]
    return `\twire.Method{${fields.join(', ')}},`
  })
  const text = Object.entries(schemas)
    .map(([name, schema]) => `"${name}": ${JSON.stringify(schema)}`)
    .join(',\n')
  return [
    comment('Contract is what both sides of the wire know of it.'),
    `var Contract = wire.NewContract("${contract.id}", "${contract.version}", schemas,`,
    ...rows,
    ')',
    '',
    `const schemas = \`{\n${text.replaceAll('`', '` + "`" + `')}\n}\``,
  ].join('\n')
}

function serveFunction({ contract, methods }: ContractModel): string {
  const rows = methods.map((method) => {
    const { name, request, response, input, output } = method
    const parameters = [
      'ctx context.Context',
      `request ${request ?? 'wire.Nothing'}`,
      ...(input === undefined ? [] : [`input *wire.Input[${streamText(input)}]`]),
      ...(output === undefined ? [] : [`send func(${streamText(output)}) error`]),
    ]
    const passed = [
      'ctx',
      ...(request === undefined ? [] : ['request']),
      ...(input === undefined ? [] : ['input']),
      ...(output === undefined ? [] : ['send']),
    ]
    const call = `driver.${exported(name)}(${passed.join(', ')})`
    const result = output === undefined ? `(${response ?? 'wire.Nothing'}, error)` : 'error'
    const body = output === undefined && response === undefined ? `wire.Nothing{}, ${call}` : call
    return `\t\twire.${shapeOf(method)}("${name}", func(${parameters.join(', ')}) ${result} {\n\t\t\treturn ${body}\n\t\t}),`
  })
  return `${comment(`Serve makes a driver a service of ${contract.id}.`)}\nfunc Serve(driver Driver) wire.Service {\n\treturn wire.NewService(Contract,\n${rows.join('\n')}\n\t)\n}`
}

function shapeOf({ input, output }: MethodModel): string {
  if (input !== undefined) return output === undefined ? 'Upload' : 'Talk'
  return output === undefined ? 'Answer' : 'Output'
}

function clientType({ contract }: ContractModel): string {
  return [
    'type client struct {\n\tpeer *wire.Peer\n}',
    `${comment(`Client is a driver of ${contract.id} behind a socket.`)}\nfunc Client(peer *wire.Peer) Driver {\n\treturn client{peer}\n}`,
  ].join('\n\n')
}

function clientMethod(method: MethodModel): string {
  const { name, request, response, input, output } = method
  const passed = [
    'ctx',
    'c.peer',
    'Contract',
    `"${name}"`,
    request === undefined ? 'wire.Nothing{}' : 'request',
    ...(input === undefined ? [] : ['input']),
    ...(output === undefined ? [] : ['send']),
  ]
  const call = `wire.Call${shapeOf(method)}`
  const body =
    output !== undefined
      ? `\treturn ${call}(${passed.join(', ')})`
      : response === undefined
        ? `\t_, err := ${call}[wire.Nothing](${passed.join(', ')})\n\treturn err`
        : `\treturn ${call}[${response}](${passed.join(', ')})`
  return `func (c client) ${exported(name)}${signature(method)} {\n${body}\n}`
}

/** `hostId` → `HostID`. */
function exported(key: string): string {
  return capital(key).replaceAll(/[A-Z][a-z]+[0-9]*/g, (word) => initialisms.get(word) ?? word)
}

function comment(text: string, indent = ''): string {
  return text
    .split('\n')
    .flatMap((line) => (line === '' ? [''] : wrap(line, 100)))
    .map((line) => `${indent}// ${line}`.trimEnd())
    .join('\n')
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
