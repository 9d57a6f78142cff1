import { codedError, type CodedError } from '@moby/contracts'
import type { Endpoint } from '../endpoint/endpoint.ts'
import { nameOf, type Target } from '../target.ts'
import { header, type Answer, type Headers } from './answer.ts'
import { readAnswer } from './read-answer.ts'
import { quoteWords, registryWords, type RegistryWord } from './registry-words.ts'

/** Bytes of an error that are read. */
const errorLimit = 64 * 1024

/** The error of an answer that is none of those expected. Reads its body. */
export async function answerError(answer: Answer, target: Target, endpoint: Endpoint): Promise<CodedError> {
  const body = await readAnswer(answer, target, errorLimit).catch(() => undefined)
  return statusError(answer.status, answer.headers, registryWords(body), target, endpoint)
}

/** The error that a status means, with what the registry says. */
export function statusError(
  status: number,
  headers: Headers,
  words: readonly RegistryWord[],
  target: Target,
  endpoint: Endpoint,
): CodedError {
  const name = nameOf(target)
  const by = endpoint.isMirror ? `the mirror ${endpoint.host}` : 'the registry'
  const said = quoteWords(words)
  const details = { ...target, host: endpoint.host, status, errors: words }
  switch (status) {
    case 401:
      return codedError('REGISTRY_UNAUTHORIZED', `${name}: ${by} wants credentials that may do this${said}`, {
        hint: `Run \`docker login${loginHost(target)}\` with an account that has access, and check the name.`,
        details,
      })
    case 403:
      return codedError('REGISTRY_DENIED', `${name}: ${by} denies access${said}`, {
        hint: 'Check the name, and the rights of the account that is logged in.',
        details,
      })
    case 404:
      return codedError('REGISTRY_NOT_FOUND', `${name}: ${by} has ${missing(target, words)}${said}`, {
        hint: 'Check the name; tags are case-sensitive.',
        details,
      })
    case 429:
      return codedError('REGISTRY_RATE_LIMITED', `${name}: ${by} wants fewer requests${limitOf(headers)}${said}`, {
        hint: `Wait${waitOf(headers)}, or run \`docker login${loginHost(target)}\`: accounts have higher limits.`,
        details: { ...details, retryAfter: header(headers, 'retry-after') },
      })
    default:
      return codedError(
        status >= 500 || status === 408 ? 'REGISTRY_FAILED' : 'REGISTRY_ANSWER_INVALID',
        `${name}: ${by} answered ${status}${said}`,
        {
          hint: status >= 500 ? 'Try again later.' : 'The registry refuses this request; see what it says.',
          details,
        },
      )
  }
}

function missing({ repository, reference }: Target, words: readonly RegistryWord[]): string {
  if (repository === undefined) return 'nothing of that kind'
  if (words.length === 0 && reference !== undefined && !reference.includes(':')) return 'no such repository or tag'
  if (reference === undefined || words.some(({ code }) => code === 'NAME_UNKNOWN')) return 'no such repository'
  return reference.includes(':') ? 'no such digest' : 'no such tag'
}

function loginHost({ registry }: Target): string {
  return registry === 'docker.io' ? '' : ` ${registry}`
}

/** ` (100 in 21600 s, 0 left)`, as Docker Hub tells it. */
function limitOf(headers: Headers): string {
  const limit = /^(\d+)(?:;w=(\d+))?/.exec(header(headers, 'ratelimit-limit') ?? '')
  const left = /^\d+/.exec(header(headers, 'ratelimit-remaining') ?? '')
  const parts = [
    ...(limit === null ? [] : [`limit ${limit[1]}${limit[2] === undefined ? '' : ` in ${limit[2]} s`}`]),
    ...(left === null ? [] : [`${left[0]} left`]),
  ]
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

function waitOf(headers: Headers): string {
  const text = header(headers, 'retry-after')
  if (text === undefined) return ''
  return /^\d{1,12}$/.test(text) ? ` ${text} s` : ` until ${text.replaceAll(/[^\w :,+-]/g, '').slice(0, 40)}`
}
