import { codedError } from '@moby/contracts'
import { headerValues, type Answer } from '../answer/answer.ts'
import type { Endpoint } from '../endpoint/endpoint.ts'
import type { ClientSettings } from '../settings.ts'
import { nameOf, type Target } from '../target.ts'
import type { Sender } from '../transport/sender.ts'
import { withSignal } from '../transport/with-signal.ts'
import { accountKey, basicHeader, credentialsAt, hasSecret, type Access } from './access.ts'
import { parseChallenges, type Challenge } from './challenge.ts'
import { fetchToken } from './fetch-token.ts'
import type { TokenAnswer } from './token-answer.ts'
import { TokenCache } from './token-cache.ts'

const tokenTimeoutMs = 60_000
const mostOrigins = 256

/** Knows how each registry wants to be asked, and holds the tokens. */
export class Authorizer {
  readonly #sender: Sender
  readonly #settings: ClientSettings
  readonly #tokens = new TokenCache()
  /** By origin: what it answered to somebody without credentials. */
  readonly #challenges = new Map<string, Challenge>()

  constructor(sender: Sender, settings: ClientSettings) {
    this.#sender = sender
    this.#settings = settings
  }

  /** The `Authorization` for a request; undefined while the registry wants none. */
  async header(endpoint: Endpoint, access: Access, signal: AbortSignal): Promise<string | undefined> {
    const credentials = credentialsAt(endpoint, access)
    if ((credentials.registryToken ?? '') !== '') return `Bearer ${credentials.registryToken}`
    const challenge = this.#challenges.get(endpoint.origin)
    if (challenge === undefined) return undefined
    if (challenge.scheme === 'basic') return hasSecret(credentials) ? basicHeader(credentials) : undefined
    const token = await withSignal(signal, () =>
      this.#tokens.get(this.#key(endpoint, access), () => this.#fetch(challenge, endpoint, access)),
    )
    return `Bearer ${token}`
  }

  /**
   * Learns from a 401 what is wanted. True when it is worth asking again: nothing was sent, or a token that may have
   * expired.
   */
  async learn(answer: Answer, endpoint: Endpoint, access: Access, sent: string | undefined): Promise<boolean> {
    const challenge = choose(parseChallenges(headerValues(answer.headers, 'www-authenticate')))
    if (challenge === undefined) return false
    if (this.#challenges.size >= mostOrigins) this.#challenges.clear()
    this.#challenges.set(endpoint.origin, challenge)
    const credentials = credentialsAt(endpoint, access)
    if ((credentials.registryToken ?? '') !== '') return false
    if (challenge.scheme === 'basic') return sent === undefined && hasSecret(credentials)
    if (sent?.startsWith('Bearer ') === true) await this.#tokens.forget(this.#key(endpoint, access), sent.slice(7))
    return true
  }

  /** How an origin wants to be asked, once it was. */
  challenge(endpoint: Endpoint): Challenge | undefined {
    return this.#challenges.get(endpoint.origin)
  }

  /** Not with the signal of a caller: others may wait for the same token. */
  async #fetch(challenge: Challenge, endpoint: Endpoint, access: Access): Promise<TokenAnswer> {
    const limit = new AbortController()
    const timer = setTimeout(() => limit.abort(tooSlow(access.target, challenge)), tokenTimeoutMs)
    try {
      return await fetchToken({ challenge, endpoint, access }, this.#sender, this.#settings, limit.signal)
    } finally {
      clearTimeout(timer)
    }
  }

  #key(endpoint: Endpoint, access: Access): string {
    return [endpoint.origin, accountKey(credentialsAt(endpoint, access)), ...access.scopes].join(' ')
  }
}

function tooSlow(target: Target, { parameters }: Challenge): Error {
  const realm = (parameters['realm'] ?? '').slice(0, 200)
  return codedError(
    'REGISTRY_STALLED',
    `${nameOf(target)}: the token service ${realm} gave no token within ${tokenTimeoutMs / 1000} s`,
    { hint: 'It is overloaded, or limits how often it may be asked; try again later.', details: { ...target, realm } },
  )
}

/** Bearer before Basic; others are not spoken. */
function choose(challenges: readonly Challenge[]): Challenge | undefined {
  return (
    challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters['realm'] !== undefined) ??
    challenges.find(({ scheme }) => scheme === 'basic')
  )
}
