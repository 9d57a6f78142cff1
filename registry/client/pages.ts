import { codedError } from '@moby/contracts'
import type { Access } from './auth/access.ts'
import { headerValues, type Answer } from './answer/answer.ts'
import { answerError } from './answer/answer-error.ts'
import { readAnswer } from './answer/read-answer.ts'
import type { Endpoint } from './endpoint/endpoint.ts'
import type { Session } from './session.ts'
import { nameOf } from './target.ts'

const pageLimit = 4 << 20
const mostPages = 10_000

/** One page: its head, and its body as JSON object. */
export interface Page {
  readonly answer: Answer
  readonly fields: Readonly<Record<string, unknown>>
}

/**
 * Pages of an answer that goes on by `Link: <…>; rel="next"`. Fails with REGISTRY_ANSWER_INVALID for pages that lead
 * back, elsewhere, or nowhere to an end.
 */
export async function* readPages(
  session: Session,
  endpoint: Endpoint,
  access: Access,
  first: string,
  signal: AbortSignal,
): AsyncGenerator<Page, void, undefined> {
  const seen = new Set<string>()
  const invalid = (what: string): Error =>
    codedError('REGISTRY_ANSWER_INVALID', `${nameOf(access.target)}: ${endpoint.host} ${what}`, {
      hint: 'The registry does not list as the distribution specification has it.',
      details: { ...access.target, host: endpoint.host },
    })
  let next: string | undefined = new URL(first, endpoint.origin).href
  while (next !== undefined) {
    if (seen.has(next)) throw invalid('leads from one page of a list back to another')
    if (seen.size >= mostPages) throw invalid(`has a list of more than ${mostPages} pages`)
    seen.add(next)
    const answer: Answer = await session.ask(endpoint, access, { method: 'GET', to: next }, signal)
    if (answer.status !== 200) throw await answerError(answer, access.target, endpoint)
    const body = await readAnswer(answer, access.target, pageLimit)
    if (body === undefined) throw invalid(`has a page of more than ${pageLimit >> 20} MiB`)
    const fields = parseObject(body)
    if (fields === undefined) throw invalid('answered a list that is no JSON object')
    yield { answer, fields }
    const link = linkToNext(headerValues(answer.headers, 'link'))
    if (link === undefined) return
    if (!URL.canParse(link, answer.url.href)) throw invalid('leads to a page that is no URL')
    const url: URL = new URL(link, answer.url)
    if (url.origin !== endpoint.origin) throw invalid(`leads to a page at ${url.host}`)
    next = url.href
  }
}

/** The target of `rel=next` in a `Link`. Source: RFC 8288. */
function linkToNext(headers: readonly string[]): string | undefined {
  for (const header of headers) {
    for (const [, target, parameters = ''] of header.slice(0, 8192).matchAll(/<([^>]*)>((?:\s*;[^,]*)?)/g)) {
      if (/;\s*rel\s*=\s*"?(?:[^"]*\s)?next\b/i.test(parameters)) return target
    }
  }
  return undefined
}

export function parseObject(body: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
