import type { ContractDefinition } from '../component/contract.ts'
import { pathOf } from '../wire/index.ts'

/**
 * Every message of a contract as one JSON Schema document (draft 2020-12) for other languages:
 * `$defs` holds `<method>.request`, `.response`, and `.input` and `.output` for the records of streams.
 */
export function contractSchema(contract: ContractDefinition): string {
  const definitions = Object.entries(contract.methods).flatMap(([name, method]) =>
    (['request', 'response', 'input', 'output'] as const).flatMap((part) => {
      const schema = method[part]
      if (schema === undefined || schema === 'bytes' || (part === 'response' && method.output !== undefined)) return []
      return [[`${name}.${part}`, schema] as const]
    }),
  )
  const methods = Object.entries(contract.methods).map(([name, method]) => [
    name,
    {
      path: pathOf(contract.id, name),
      input: streamKind(method.input),
      output: streamKind(method.output),
      errors: method.errors,
      deadlineMs: method.deadlineMs,
      idempotent: method.idempotent,
      maxBytes: method.maxBytes,
      maxAnswerBytes: method.maxAnswerBytes,
    },
  ])
  const document = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: contract.id,
    description: contract.doc,
    'x-version': contract.version,
    'x-overlap': contract.overlap,
    'x-selection': contract.selection,
    'x-methods': Object.fromEntries(methods) as unknown,
    $defs: Object.fromEntries(definitions),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function streamKind(stream: unknown): 'bytes' | 'records' | undefined {
  if (stream === undefined) return undefined
  return stream === 'bytes' ? 'bytes' : 'records'
}
