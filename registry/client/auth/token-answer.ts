import { codedError } from '@moby/contracts'
import { nameOf, type Target } from '../target.ts'

/** What a token service gave. */
export interface TokenAnswer {
  readonly token: string
  readonly lifetimeMs: number
  readonly refreshToken?: string
}

/** Seconds that a token lives when the service does not tell; shorter ones are taken for it too, as docker does. */
const leastLifetime = 60
const longestLifetime = 86_400

/**
 * Reads what a token service answered: `token` or `access_token`, `expires_in`, `refresh_token`. Fails with
 * REGISTRY_ANSWER_INVALID when there is no token in it. Source: distribution/spec/auth, token and oauth.
 */
export function readTokenAnswer(body: Uint8Array | undefined, target: Target, realm: URL): TokenAnswer {
  const fields = parse(body)
  const token = [fields?.['token'], fields?.['access_token']].find(isTokenText)
  if (token === undefined) {
    const what = fields === undefined ? 'no JSON object' : 'neither `token` nor `access_token`'
    throw codedError(
      'REGISTRY_ANSWER_INVALID',
      `${nameOf(target)}: the token service ${realm.host} answered without a token (${what})`,
      {
        hint: 'The token service of the registry does not work as it should; try again later.',
        details: { ...target },
      },
    )
  }
  const seconds = fields?.['expires_in']
  const lifetime = typeof seconds === 'number' && seconds > leastLifetime ? seconds : leastLifetime
  const refreshToken = fields?.['refresh_token']
  return {
    token,
    lifetimeMs: Math.min(lifetime, longestLifetime) * 1000,
    ...(isTokenText(refreshToken) ? { refreshToken } : {}),
  }
}

/** What can stand in a header. */
function isTokenText(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)
}

function parse(body: Uint8Array | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body ?? []).toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
