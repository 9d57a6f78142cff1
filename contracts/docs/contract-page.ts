import type { ContractDefinition, MethodDefinition, StreamType } from '../component/contract.ts'
import { casesOf } from '../conformance/index.ts'
import { kindOfCode, errorKinds, errorTable, type ErrorEntry } from '../errors/index.ts'
import { defaultLimits, pathOf } from '../wire/index.ts'
import { table } from './markdown.ts'
import { fieldRows, type SchemaNode } from './schema-text.ts'

/** The reference page of a contract. `schema` is the path of its JSON Schema, relative to the page. */
export function contractPage(contract: ContractDefinition, schema: string): string {
  const methods = Object.entries(contract.methods)
  return [
    `# ${contract.id} ${contract.version}`,
    contract.doc,
    `${selectionText(contract)} ${overlapText(contract)} JSON Schema of every message: [${schema}](${schema}).`,
    '## Methods',
    table(
      ['method', 'what it does', 'streams', 'deadline', 'idempotent'],
      methods.map(([name, method]) => [
        `[${name}](#${name.toLowerCase()})`,
        firstSentence(method.doc),
        streamsText(method),
        deadlineText(method),
        method.idempotent ? 'yes' : 'no',
      ]),
    ),
    ...methods.map(([name, method]) => methodSection(contract, name, method)),
    ...conformanceSection(contract),
  ]
    .join('\n\n')
    .concat('\n')
}

function methodSection(contract: ContractDefinition, name: string, method: MethodDefinition): string {
  const path = pathOf(contract.id, name)
  return [
    `### ${name}`,
    method.doc,
    httpText(path, method),
    ...fieldsSection('Request', method.request),
    ...streamSection('Input', method.input),
    ...(method.output === undefined
      ? fieldsSection('Response', method.response)
      : streamSection('Output', method.output)),
    errorsText(method),
    `Deadline: ${deadlineText(method)}. ${idempotentText(method)} ${sizesText(method)}`,
  ].join('\n\n')
}

function sizesText({ maxBytes = defaultLimits.bodyBytes, maxAnswerBytes }: MethodDefinition): string {
  const answer = maxAnswerBytes === undefined ? '' : `, largest answer: ${mebibytes(maxAnswerBytes)}`
  return `Largest message: ${mebibytes(maxBytes)}${answer}.`
}

function httpText(path: string, { input, output }: MethodDefinition): string {
  if (input !== undefined && output !== undefined) {
    return `\`POST ${path}\` with the request, answered with frames; \`POST ${path}/input\` with frames. Both carry the same \`Moby-Exchange\` id.`
  }
  if (input !== undefined) return `\`POST ${path}\` with frames: the request, then the input.`
  return output === undefined ? `\`POST ${path}\`` : `\`POST ${path}\`, answered with frames.`
}

function fieldsSection(title: string, schema: object | undefined): string[] {
  const rows = schema === undefined ? [] : fieldRows(schema as SchemaNode)
  if (rows.length === 0) return [`${title}: an empty object.`]
  const cells = rows.map(({ path, type, required, meaning }) => [`\`${path}\``, type, required ? 'yes' : 'no', meaning])
  return [`${title}:`, table(['field', 'type', 'required', 'meaning'], cells)]
}

function streamSection(title: string, type: StreamType | undefined): string[] {
  if (type === undefined) return []
  if (type === 'bytes') return [`${title}: a stream of bytes.`]
  const [first = '', ...rest] = fieldsSection(`${title}, a stream of records`, type)
  return [first, ...rest]
}

function errorsText({ errors }: MethodDefinition): string {
  if (errors.length === 0) return 'Errors: none of its own.'
  const rows = errors.map((code) => {
    const kind = kindOfCode(code) ?? 'internal'
    const { meaning } = errorTable[code as keyof typeof errorTable] as ErrorEntry
    return [`\`${code}\``, `${kind} (${errorKinds[kind]})`, meaning]
  })
  return `Errors:\n\n${table(['code', 'kind', 'meaning'], rows)}`
}

function conformanceSection(contract: ContractDefinition): string[] {
  const cases = casesOf(contract.id)
  if (cases.length === 0) return []
  const rows = cases.map(({ id, title, methods, needs }) => [`\`${id}\``, title, methods.join(', '), needs.join(', ')])
  return [
    '## What the conformance kit checks',
    'A case whose needs the tester cannot meet is left out: `restart` is an abrupt end and a new start of the driver; the others are fixtures.',
    table(['case', 'promise', 'methods', 'needs'], rows),
  ]
}

function selectionText({ selection }: ContractDefinition): string {
  return selection === 'driver'
    ? 'An assembly may have many drivers of it, chosen by name.'
    : 'An assembly has exactly one provider of it.'
}

function overlapText({ overlap, overlapWhy }: ContractDefinition): string {
  const how =
    overlap === 'shared'
      ? 'At a live replacement the old and the new driver may overlap (`shared`).'
      : 'At a live replacement the old driver hands over before the new one begins (`exclusive`).'
  return overlapWhy === undefined ? how : `${how} ${overlapWhy}`
}

function streamsText({ input, output }: MethodDefinition): string {
  const word = (type: StreamType): string => (type === 'bytes' ? 'bytes' : 'records')
  return [...(input ? [`${word(input)} in`] : []), ...(output ? [`${word(output)} out`] : [])].join(', ')
}

function deadlineText({ deadlineMs }: MethodDefinition): string {
  return deadlineMs === 0 ? 'none, the caller may cancel' : `${deadlineMs / 1000} s`
}

function idempotentText({ idempotent }: MethodDefinition): string {
  return idempotent
    ? 'Idempotent: after a lost connection the caller may ask once more.'
    : 'Not idempotent: it is never asked twice.'
}

function mebibytes(bytes: number): string {
  return `${bytes / 1024 / 1024} MiB`
}

function firstSentence(text: string): string {
  return /^.*?[.;](?= |$)/.exec(text)?.[0].replace(/;$/, '.') ?? text
}
