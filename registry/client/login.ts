import { STATUS_CODES } from 'node:http'
import { codedError, hasCode, isCodedError, type CodedError, type RegistryCredentials } from '@moby/contracts'
import { drop } from './answer/answer.ts'
import { answerError } from './answer/answer-error.ts'
import type { Access } from './auth/access.ts'
import { fetchToken, wrongCredentials } from './auth/fetch-token.ts'
import type { Endpoint } from './endpoint/endpoint.ts'
import type { Session } from './session.ts'

/**
 * Checks credentials at a registry. Answers the refresh token that its token service gives in place of a password, if
 * it does. Fails with REGISTRY_UNAUTHORIZED when they are refused.
 */
export async function login(
  session: Session,
  registry: string,
  credentials: RegistryCredentials,
  signal: AbortSignal,
): Promise<{ identityToken?: string }> {
  const access: Access = { target: { registry }, credentials, scopes: [] }
  return await session.through(access, 'write', async (endpoint) => {
    try {
      const answer = await session.ask(endpoint, access, { method: 'GET', to: '/v2/' }, signal)
      if (answer.status !== 200) {
        const error = await answerError(answer, access.target, endpoint)
        throw answer.status === 401 ? refusedLogin(access, endpoint, error) : error
      }
      await drop(answer)
    } catch (error) {
      if (hasCode(error, 'REGISTRY_NOT_FOUND')) throw noRegistry(registry, error)
      throw error
    }
    const challenge = session.authorizer.challenge(endpoint)
    const hasPassword = (credentials.username ?? '') !== '' && (credentials.identityToken ?? '') === ''
    if (challenge?.scheme !== 'bearer' || !hasPassword) return {}
    const { refreshToken } = await fetchToken(
      { challenge, endpoint, access, offline: true },
      session.sender,
      session.settings,
      signal,
    )
    return refreshToken === undefined ? {} : { identityToken: refreshToken }
  })
}

/** In dockerd's words, which clients know. */
function refusedLogin(access: Access, { origin }: Endpoint, error: CodedError): Error {
  const { message, hint } = wrongCredentials(access.target, error)
  return codedError(
    'REGISTRY_UNAUTHORIZED',
    `login attempt to ${origin}/v2/ failed with status: 401 ${STATUS_CODES[401]}`,
    { hint: `${message}. ${hint ?? ''}`.trim(), details: error.details },
  )
}

function noRegistry(registry: string, cause: unknown): Error {
  return codedError('REGISTRY_NOT_FOUND', `${registry}: there is no registry of the distribution specification there`, {
    cause,
    hint: 'Check the address; what is wanted is the host, without a path.',
    details: isCodedError(cause) ? cause.details : {},
  })
}
