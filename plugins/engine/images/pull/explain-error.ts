import { CodedError, hasCode, isCodedError } from '@moby/contracts'
import { familiarName, familiarReference, type Reference } from '@moby/contracts/reference'

interface RegistryWord {
  readonly code: string
  readonly message: string
}

/**
 * An error of a registry in the words in which Docker tells it, with what the registry says. Source: moby,
 * daemon/internal/distribution/errors.go. Anything else stays as it is.
 */
export function explainError(error: unknown, reference: Reference): unknown {
  if (!isCodedError(error) || !error.code.startsWith('REGISTRY_')) return error
  const word = wordOf(error.details)
  // Registries with tokens deny with the status of a missing login; what they say counts.
  const code = word?.code === 'DENIED' ? 'REGISTRY_DENIED' : error.code
  const message = explain(code, word, reference) ?? withHint(error.message, error.hint)
  return new CodedError(code, message, { cause: error, hint: error.hint, details: error.details })
}

/** What the registry says as Docker has it, `denied: requested access to the resource is denied`, of no name. */
export function quoteError(error: unknown): unknown {
  if (!isCodedError(error) || !error.code.startsWith('REGISTRY_')) return error
  const isTold = hasCode(error, 'REGISTRY_DENIED', 'REGISTRY_UNAUTHORIZED', 'REGISTRY_NOT_FOUND')
  const said = isTold ? quote(wordOf(error.details)) : undefined
  const message = said ?? withHint(error.message, error.hint)
  return new CodedError(error.code, message, { cause: error, hint: error.hint, details: error.details })
}

function explain(code: string, word: RegistryWord | undefined, reference: Reference): string | undefined {
  const name = familiarName(reference)
  if (code === 'REGISTRY_DENIED' && (word === undefined || word.code === 'DENIED')) {
    const text = quote(word) ?? 'denied: requested access to the resource is denied'
    return `pull access denied for ${name}, repository does not exist or may require 'docker login': ${text}`
  }
  if (code !== 'REGISTRY_NOT_FOUND') return undefined
  if (word?.code === 'NAME_UNKNOWN') return `repository ${name} not found: ${quote(word)}`
  const text = quote(word) ?? 'manifest unknown: manifest unknown'
  return `manifest for ${familiarReference(reference)} not found: ${text}`
}

/** `manifest unknown: manifest unknown`, as Docker writes code and message of a registry's error. */
function quote(word: RegistryWord | undefined): string | undefined {
  if (word === undefined || word.code === '') return undefined
  return `${word.code.toLowerCase().replaceAll('_', ' ')}: ${word.message}`
}

function wordOf(details: Readonly<Record<string, unknown>> | undefined): RegistryWord | undefined {
  const errors = details?.['errors']
  const [first] = (Array.isArray(errors) ? errors : []) as Partial<RegistryWord>[]
  return typeof first?.code === 'string' ? { code: first.code, message: String(first.message ?? '') } : undefined
}

/** What Docker has no words for is told with its remedy. */
function withHint(message: string, hint: string | undefined): string {
  return hint === undefined ? message : `${message}. ${hint}`
}

/**
 * True for an error after which what a broken pull has brought must not wait for another: there is no room for it, or it
 * can never be used.
 */
export function isHopeless(error: unknown): boolean {
  return hasCode(error, 'STORAGE_FULL') || hasCode(error, 'SNAPSHOT_TOO_DEEP')
}
