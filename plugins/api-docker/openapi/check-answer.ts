import { readValue } from '@moby/contracts/wire'
import { newest } from '../compat/api-version.ts'
import type { Answer, CheckAnswer } from '../server/route.ts'
import type { JsonSchema } from '../wire/decode.ts'
import { opened } from './answers/opened.ts'
import { ErrorResponse } from './answers/system.ts'
import type { Answer as Described } from './operation.ts'
import { operations } from './operations.ts'

/**
 * Holds an answer, and the query that its handler has asked for, against the document. Fails with
 * WIRE_RESPONSE_INVALID; of a stream of JSON each line is looked at as it goes by, and a wrong one ends it. Answers of
 * older versions may have more keys than the document, which is that of the newest, tells.
 */
export const checkAnswer: CheckAnswer = ({ route, query, version }, answer) => {
  const key = `${route.method} ${route.path}`
  const operation = operations[key]
  if (operation === undefined) throw new Error(`${key} is not described`)
  const unknown = [...query.asked].filter((name) => name !== 'filters' && operation.query?.[name] === undefined)
  if (unknown.length > 0) throw new Error(`${key} reads ${unknown.join(', ')} of the query, which is not described`)
  if (query.filterKeys !== undefined && !sameWords(query.filterKeys, operation.filters ?? [])) {
    throw new Error(`${key} takes the filters ${query.filterKeys.join(', ')}, which are described otherwise`)
  }
  const status = 'status' in answer ? answer.status : 101
  if (status >= 400) {
    if (answer.kind === 'json') checkJson(ErrorResponse, answer.body, key)
    return answer
  }
  const described = operation.answers[status]
  if (described === undefined) throw new Error(`${key} answers ${status}, which is not described`)
  return checkKind(key, described, answer, version === newest ? (schema) => schema : opened)
}

function checkKind(
  key: string,
  described: Described,
  answer: Answer,
  form: (schema: JsonSchema) => JsonSchema,
): Answer {
  const { json, lines, bytes } = described
  if (answer.kind === 'json' && json !== undefined) checkJson(form(json), answer.body, key)
  else if (answer.kind === 'stream' && lines !== undefined) {
    return { ...answer, body: checkLines(form(lines), answer.body, key) }
  } else {
    const has = { json: json !== undefined, stream: bytes !== undefined, text: bytes !== undefined, empty: true }
    const fits = !('status' in answer) || has[answer.kind]
    if (!fits) throw new Error(`${key} answers by ${answer.kind}, which is not described`)
  }
  return answer
}

function checkJson(schema: JsonSchema, body: unknown, key: string): void {
  readValue(schema, JSON.parse(JSON.stringify(body)), 'WIRE_RESPONSE_INVALID', key)
}

async function* checkLines(
  schema: JsonSchema,
  body: AsyncIterable<Uint8Array | string>,
  key: string,
): AsyncGenerator<Uint8Array | string> {
  for await (const line of body) {
    readValue(schema, JSON.parse(String(line)), 'WIRE_RESPONSE_INVALID', key)
    yield line
  }
}

function sameWords(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((word) => others.includes(word))
}
