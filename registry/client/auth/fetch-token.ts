import { codedError, type CodedError } from '@moby/contracts'
import { drop } from '../answer/answer.ts'
import { answerError } from '../answer/answer-error.ts'
import { readAnswer } from '../answer/read-answer.ts'
import type { Endpoint } from '../endpoint/endpoint.ts'
import { isLoopback } from '../endpoint/loopback.ts'
import type { ClientSettings } from '../settings.ts'
import type { Target } from '../target.ts'
import { nameOf } from '../target.ts'
import type { Sender } from '../transport/sender.ts'
import { basicHeader, credentialsAt, hasSecret, type Access } from './access.ts'
import type { Challenge } from './challenge.ts'
import { checkRealm } from './realm-trust.ts'
import { readTokenAnswer, type TokenAnswer } from './token-answer.ts'

const clientId = 'moby-origin'
const answerLimit = 1 << 20

export interface TokenRequest {
  readonly challenge: Challenge
  readonly endpoint: Endpoint
  readonly access: Access
  /** Asks for a refresh token too, that may be kept in place of a password. */
  readonly offline?: boolean
}

/**
 * Gets a token as the challenge says: by GET, with Basic credentials if there are any; by POST for an identity token.
 * Fails with REGISTRY_REALM_REFUSED, REGISTRY_UNAUTHORIZED for credentials that are refused, and as any request does.
 */
export async function fetchToken(
  { challenge, endpoint, access, offline = false }: TokenRequest,
  sender: Sender,
  settings: ClientSettings,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  const { target } = access
  const credentials = credentialsAt(endpoint, access)
  const { realm: named = '', service } = challenge.parameters
  const trusted = settings.registries[endpoint.name]?.trustedRealms ?? []
  const realm = await checkRealm(named, endpoint, trusted, target, hasSecret(credentials))
  // What the registry asks for counts only where the caller wants nothing in particular, as at a login.
  const scopes =
    access.scopes.length > 0 ? access.scopes : (challenge.parameters['scope'] ?? '').split(' ').filter(Boolean)
  const common = { ...(service === undefined ? {} : { service }), client_id: clientId }
  const url = new URL(realm.url)
  const withToken = (credentials.identityToken ?? '') !== ''
  if (!withToken) {
    for (const [key, value] of Object.entries(common)) url.searchParams.set(key, value)
    for (const scope of scopes) url.searchParams.append('scope', scope)
    if (offline) url.searchParams.set('offline_token', 'true')
    if ((credentials.username ?? '') !== '') url.searchParams.set('account', credentials.username ?? '')
  }
  const form = new URLSearchParams({
    ...common,
    grant_type: 'refresh_token',
    refresh_token: credentials.identityToken ?? '',
    ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
  })
  const own = new URL(endpoint.origin)
  const isOwnHost = url.hostname === own.hostname
  const answer = await sender.send({
    url,
    name: isOwnHost ? endpoint.name : url.host,
    named:
      realm.isConfigured || isOwnHost
        ? 'configured'
        : isLoopback(own.hostname)
          ? 'by-local-registry'
          : 'by-remote-registry',
    target,
    signal,
    ...(withToken
      ? {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: Buffer.from(form.toString()),
        }
      : { method: 'GET', headers: hasSecret(credentials) ? { authorization: basicHeader(credentials) } : {} }),
  })
  if (answer.status !== 200) {
    if (answer.status === 400 || answer.status === 401 || answer.status === 403) {
      throw await refused(answer, access, endpoint, hasSecret(credentials))
    }
    if (answer.status === 404) {
      await drop(answer)
      throw noService(target, url)
    }
    throw await answerError(answer, target, { ...endpoint, host: url.host })
  }
  const body = await readAnswer(answer, target, answerLimit)
  return readTokenAnswer(body, target, url)
}

/** Not the error of something missing in the registry: callers would take it for that. */
function noService(target: Target, url: URL): Error {
  return codedError('REGISTRY_ANSWER_INVALID', `${nameOf(target)}: there is no token service at ${url.host}`, {
    hint: 'The registry names a realm that does not answer; it is not set up rightly.',
    details: { ...target, host: url.host },
  })
}

async function refused(
  answer: Parameters<typeof answerError>[0],
  access: Access,
  endpoint: Endpoint,
  hasCredentials: boolean,
): Promise<Error> {
  const error = await answerError({ ...answer, status: 401 }, access.target, endpoint)
  return hasCredentials ? wrongCredentials(access.target, error) : error
}

/** The error of credentials that a registry or its token service refuses. */
export function wrongCredentials(target: Target, error: CodedError): CodedError {
  const said = /\(the registry says: .*\)$/.exec(error.message)?.[0]
  return codedError(
    'REGISTRY_UNAUTHORIZED',
    `${nameOf(target)}: the registry refuses the user name or password, or the token${said === undefined ? '' : ` ${said}`}`,
    {
      hint: `Run \`docker login${target.registry === 'docker.io' ? '' : ` ${target.registry}`}\` again.`,
      details: error.details,
    },
  )
}
