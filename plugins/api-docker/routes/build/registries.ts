import type { RegistryCredentials } from '@moby/contracts'
import { AuthConfig, toCredentials } from '../../translate/registry-auth.ts'
import { invalidRequest } from '../../wire/api-error.ts'
import { map } from '../../wire/decode.ts'
import { parseJson } from '../../wire/parse-json.ts'

const configs = map(AuthConfig)

/** The credentials of `X-Registry-Config`, by the host of the registry. Fails with API_REQUEST_INVALID. */
export function registriesOf(header: string | string[] | undefined): Record<string, RegistryCredentials> {
  const encoded = Array.isArray(header) ? header[0] : header
  if (encoded === undefined || encoded === '') return {}
  let found: ReturnType<typeof configs>
  try {
    found = configs(parseJson(Buffer.from(encoded, 'base64url').toString('utf8')), '')
  } catch (error) {
    throw invalidRequest('the header X-Registry-Config cannot be read', error)
  }
  const registries = Object.entries(found ?? {}).map(([address, config]): [string, RegistryCredentials] => [
    hostOf(address),
    toCredentials(config) ?? {},
  ])
  return Object.fromEntries(registries)
}

/** `https://index.docker.io/v1/` means `docker.io`. */
function hostOf(address: string): string {
  const host = address.replace(/^https?:\/\//, '').split('/')[0] ?? ''
  return host === 'index.docker.io' || host === '' ? 'docker.io' : host
}
