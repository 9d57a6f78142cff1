import { codedError, hasCode, isCodedError, type CodedError } from '@moby/contracts'
import type { ClientSettings } from '../settings.ts'
import type { Target } from '../target.ts'
import type { Endpoint } from './endpoint.ts'
import { endpointsOf } from './endpoints.ts'

/** Remembers which registries speak TLS and which do not, so that only the first request finds out. */
export class SpokenSchemes {
  /** By name of registry or mirror. One that has once answered with TLS is never asked without again. */
  readonly #schemes = new Map<string, 'https:' | 'http:'>()

  allows({ name, origin }: Endpoint): boolean {
    const known = this.#schemes.get(name)
    return known === undefined || origin.startsWith(known)
  }

  answered({ name, origin }: Endpoint): void {
    if (this.#schemes.get(name) === 'https:') return
    this.#schemes.set(name, origin.startsWith('https:') ? 'https:' : 'http:')
  }

  /** Forgets that plain HTTP was spoken: the registry may have been set up anew. */
  failed({ name }: Endpoint): void {
    if (this.#schemes.get(name) === 'http:') this.#schemes.delete(name)
  }
}

/** What is to be done at a registry. */
export interface Errand {
  readonly target: Target
  readonly use: 'read' | 'write'
  /** True for one with which a TLS handshake came to its end: plain HTTP is not spoken with it. */
  spokeTls(endpoint: Endpoint): boolean
}

/**
 * Calls `work` with one way to a registry after the other until one serves. What is wrong with the request itself, or
 * with certificates, is not tried again without TLS; whatever is wrong with a mirror, the registry is asked. Fails with
 * the last error, which tells in `details.tried` how the others failed.
 */
export async function tryEndpoints<T>(
  { target, use, spokeTls }: Errand,
  settings: ClientSettings,
  spoken: SpokenSchemes,
  work: (endpoint: Endpoint) => Promise<T>,
): Promise<T> {
  const failures: { readonly endpoint: Endpoint; readonly error: CodedError }[] = []
  const endpoints = endpointsOf(target.registry, settings, use)
  for (const endpoint of endpoints) {
    // One that is reached in one way only is reached so whatever another of its name has spoken.
    const hasBothWays = endpoints.some((other) => isSameHost(other, endpoint) && other.origin !== endpoint.origin)
    if (hasBothWays && !spoken.allows(endpoint)) continue
    const before = failures.at(-1)
    const isOtherScheme = before !== undefined && isSameHost(before.endpoint, endpoint)
    if (isOtherScheme && (!mayBeWithoutTls(before.error) || spokeTls(before.endpoint))) continue
    try {
      const done = await work(endpoint)
      if (hasBothWays) spoken.answered(endpoint)
      return done
    } catch (error) {
      if (!isCodedError(error) || hasCode(error, 'CANCELLED')) throw error
      if (hasBothWays && hasAnswered(error)) spoken.answered(endpoint)
      else if (hasBothWays) spoken.failed(endpoint)
      // Without TLS the other way did not work either: what TLS said is the cause that helps.
      if (isOtherScheme && hasCode(error, 'REGISTRY_UNREACHABLE') && !hasAnswered(error)) continue
      // It speaks HTTP without TLS: that it does not speak TLS is no failure of it.
      if (isOtherScheme) failures.pop()
      failures.push({ endpoint, error })
      if (!endpoint.isMirror && !mayBeWithoutTls(error)) break
    }
  }
  throw summary(failures)
}

/** True for a connection that failed before there was TLS, but for its certificates. */
function mayBeWithoutTls({ code, details }: CodedError): boolean {
  return code === 'REGISTRY_UNREACHABLE' || (code === 'REGISTRY_TLS' && details?.['problem'] === 'no-tls')
}

function isSameHost(one: Endpoint, other: Endpoint): boolean {
  return one.name === other.name && one.isMirror === other.isMirror
}

function hasAnswered(error: CodedError): boolean {
  return error.details?.['status'] !== undefined
}

function summary(failures: readonly { readonly endpoint: Endpoint; readonly error: CodedError }[]): CodedError {
  const last = failures.at(-1)
  if (last === undefined) throw new Error('a registry without an endpoint')
  const others = failures.slice(0, -1)
  if (others.length === 0) return last.error
  const { error } = last
  const tried = others.map((each) => ({ host: each.endpoint.host, code: each.error.code, message: each.error.message }))
  return codedError(error.code as 'REGISTRY_FAILED', error.message, {
    hint: error.hint,
    cause: error,
    details: { ...error.details, tried },
  })
}
