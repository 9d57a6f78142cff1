import type { ContractDefinition } from '../../component/contract.ts'
import { errorKinds, errorTable, type ErrorEntry } from '../../errors/index.ts'
import {
  modelOf,
  type ContractModel,
  type MethodModel,
  type ObjectModel,
  type StreamModel,
  type TypeModel,
} from './model.ts'

const note = 'Written from the contract by `npm run docs`; not to be edited.'
const reserved = new Set(['from', 'in', 'is', 'not', 'or', 'and', 'class', 'def', 'global', 'import', 'pass', 'with'])

/** `storage.volume` → `storage_volume`. */
export function pythonModule({ id }: ContractDefinition): string {
  return id.replaceAll('.', '_')
}

/** The Python module of a contract: a data class for every object, and the class that a driver extends. */
export function pythonContract(contract: ContractDefinition): string {
  const model = modelOf(contract)
  const name = classOf(contract)
  return [
    `"""${contract.id} ${contract.version}: ${contract.doc}\n\n${note}\n"""`,
    [
      'from __future__ import annotations',
      '',
      'import json',
      'from dataclasses import dataclass',
      'from typing import Any, Dict, Iterator, List, Optional',
      '',
      'from ..contract import Call, Contract, Driver, Method, Nothing',
    ].join('\n'),
    ...model.objects.map(dataClass),
    driverClass(model, name),
    schemaTable(model),
    contractTable(model, name),
  ]
    .join('\n\n\n')
    .concat('\n')
}

/** The module with the table of errors. */
export function pythonErrors(): string {
  const codes = Object.entries(errorTable as Record<string, ErrorEntry>).map(
    ([code, { kind }]) => `    ${JSON.stringify(code)}: ${JSON.stringify(kind)},`,
  )
  const kinds = Object.entries(errorKinds).map(([kind, status]) => `    ${JSON.stringify(kind)}: ${status},`)
  return `"""The table of errors.\n\n${note.replace('the contract', 'the contracts')}\n"""

#: Statuses of HTTP by kind of error.
KINDS = {
${kinds.join('\n')}
}

#: Kinds by code.
CODES = {
${codes.join('\n')}
}
`
}

function classOf({ id }: ContractDefinition): string {
  return id
    .split('.')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}

/** `hostFiles` → `host_files`, with a dash of its own where Python has the word. */
export function snake(key: string): string {
  const name = key.replaceAll(/[A-Z]+/g, (letters) => `_${letters.toLowerCase()}`).replace(/^_/, '')
  return reserved.has(name) ? `${name}_` : name
}

function dataClass({ name, doc, fields }: ObjectModel): string {
  const sorted = [...fields.filter(({ required }) => required), ...fields.filter(({ required }) => !required)]
  const lines = sorted.flatMap(({ key, type, required, doc }) => [
    ...(doc === '' ? [] : wrap(doc, '    #: ')),
    `    ${snake(key)}: ${required ? typeText(type) : `Optional[${typeText(type)}] = None`}`,
  ])
  return ['@dataclass', `class ${name}:`, ...docLines(doc, '    '), ...lines].join('\n')
}

function driverClass({ contract, methods }: ContractModel, name: string): string {
  const body = methods.map((method) =>
    [
      `    def ${snake(method.name)}(self, ${parameters(method)}) -> ${answer(method)}:`,
      ...docLines(methodDoc(method), '        '),
      '        raise NotImplementedError',
    ].join('\n'),
  )
  return [`class ${name}(Driver):`, ...docLines(contract.doc, '    '), '', body.join('\n\n')].join('\n')
}

function parameters({ request, input }: MethodModel): string {
  const stream = input === undefined ? [] : [`stream: Iterator[${streamText(input)}]`]
  return [`request: ${request ?? 'Nothing'}`, ...stream, 'call: Call'].join(', ')
}

function answer({ response, output }: MethodModel): string {
  if (output !== undefined) return `Iterator[${streamText(output)}]`
  return response ?? 'None'
}

function methodDoc({ doc, definition }: MethodModel): string {
  return definition.errors.length === 0 ? doc : `${doc}\n\nErrors: ${definition.errors.join(', ')}.`
}

function streamText(stream: StreamModel): string {
  return stream === 'bytes' ? 'bytes' : typeText(stream)
}

function typeText(type: TypeModel): string {
  switch (type.kind) {
    case 'string':
    case 'words':
      return 'str'
    case 'int64':
    case 'integer':
      return 'int'
    case 'number':
      return 'float'
    case 'boolean':
      return 'bool'
    case 'bytes':
      return 'bytes'
    case 'list':
      return `List[${typeText(type.of)}]`
    case 'map':
      return `Dict[str, ${typeText(type.of)}]`
    case 'object':
      return type.name
    default:
      return 'Any'
  }
}

function schemaTable({ schemas }: ContractModel): string {
  const rows = Object.entries(schemas).map(([name, schema]) => `"${name}": ${JSON.stringify(schema)}`)
  return `_SCHEMAS: Dict[str, Any] = json.loads(\n    r'''{\n${rows.join(',\n')}\n}'''\n)`
}

function contractTable({ contract, objects, methods }: ContractModel, name: string): string {
  const rows = methods.map(({ name, input, output, definition }) => {
    const stream = (model: StreamModel | undefined, part: string) =>
      model === undefined ? 'None' : model === 'bytes' ? '"bytes"' : `_SCHEMAS["${name}.${part}"]`
    const schema = (part: string) => (Object.hasOwn(definition, part) ? `_SCHEMAS["${name}.${part}"]` : 'None')
    const parts = [
      `        "${name}",`,
      `        "${snake(name)}",`,
      `        request=_SCHEMAS["${name}.request"],`,
      `        response=${output === undefined ? schema('response') : 'None'},`,
      `        input=${stream(input, 'input')},`,
      `        output=${stream(output, 'output')},`,
      `        deadline_ms=${definition.deadlineMs},`,
      `        idempotent=${definition.idempotent ? 'True' : 'False'},`,
      ...(definition.maxBytes === undefined ? [] : [`        max_bytes=${definition.maxBytes},`]),
    ]
    return `    Method(\n${parts.join('\n')}\n    ),`
  })
  const types = objects.map((each) => `    ${each.name},`)
  return [
    `${name}.contract = Contract(`,
    `    "${contract.id}",`,
    `    "${contract.version}",`,
    '    [',
    ...rows
      .join('\n')
      .split('\n')
      .map((line) => `    ${line}`),
    '    ],',
    '    [',
    ...types.map((line) => `    ${line}`),
    '    ],',
    ')',
  ].join('\n')
}

function docLines(doc: string, indent: string): string[] {
  if (doc === '') return []
  const lines = doc.split('\n').flatMap((line) => (line === '' ? [''] : wrap(line, indent)))
  const [first = '', ...rest] = lines
  return [`${indent}"""${first.slice(indent.length)}`, ...rest, `${indent}"""`]
}

/** Breaks a text at spaces, so that no line has more than 100 characters. */
function wrap(text: string, lead: string): string[] {
  const lines: string[] = []
  let line = lead.trimEnd()
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > 100 && line.length > lead.length) {
      lines.push(line)
      line = lead.trimEnd()
    }
    line += line.length <= lead.trimEnd().length ? lead.slice(lead.trimEnd().length) + word : ` ${word}`
  }
  return [...lines, line]
}
