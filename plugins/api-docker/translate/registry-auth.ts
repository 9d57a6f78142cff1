import type { RegistryCredentials } from '@moby/contracts'
import { fields, text, type Decoded } from '../wire/decode.ts'
import { parseJson } from '../wire/parse-json.ts'

/** What clients keep of a login: the body of `POST /auth`, and base64 of it in `X-Registry-Auth`. */
export const AuthConfig = fields({
  username: text,
  password: text,
  /** `username:password` in base64, which some clients send in place of the two. */
  auth: text,
  serveraddress: text,
  identitytoken: text,
  registrytoken: text,
})

/**
 * Credentials of the header `X-Registry-Auth`, undefined without any. What cannot be read counts as none, as in Docker:
 * the registry says then what it wants.
 */
export function readRegistryAuth(header: string | string[] | undefined): RegistryCredentials | undefined {
  if (typeof header !== 'string' || header === '') return undefined
  try {
    const config = AuthConfig(parseJson(Buffer.from(header, 'base64url').toString('utf8')), 'X-Registry-Auth')
    return config === undefined ? undefined : toCredentials(config)
  } catch {
    return undefined
  }
}

/** Undefined when there is neither a name nor a token. */
export function toCredentials(config: Decoded<typeof AuthConfig>): RegistryCredentials | undefined {
  const both = Buffer.from(config.auth ?? '', 'base64').toString('utf8')
  const colon = both.indexOf(':')
  const username = config.username || (colon > 0 ? both.slice(0, colon) : '')
  const password = config.password || (colon > 0 && !config.username ? both.slice(colon + 1) : '')
  const credentials = {
    ...given('username', username),
    ...given('password', password),
    ...given('identityToken', config.identitytoken),
    ...given('registryToken', config.registrytoken),
  }
  return Object.keys(credentials).length === 0 ? undefined : credentials
}

function given<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined || value === '' ? {} : ({ [key]: value } as Record<K, string>)
}
