import { codedError } from '@moby/contracts'
import type { Endpoint } from '../endpoint/endpoint.ts'
import { isLinkLocal, isLoopback } from '../endpoint/loopback.ts'
import type { Target } from '../target.ts'
import { nameOf } from '../target.ts'

/** A token service that may be asked. */
export interface Realm {
  readonly url: URL
  /** Credentials may go there. */
  readonly isTrusted: boolean
  /** It was named in the settings, so that it may be anywhere. */
  readonly isConfigured: boolean
}

/**
 * Where a registry sends its clients for a token. Credentials go to the registry's own host, to hosts of its
 * registrable domain (registry-1.docker.io and auth.docker.io, not a.co.uk and b.co.uk), and to those configured.
 * Fails with REGISTRY_REALM_REFUSED for what is no web address, for the network of the link, for plain HTTP where the
 * registry itself is reached with TLS, and for any other host when there are credentials.
 */
export async function checkRealm(
  realm: string,
  endpoint: Endpoint,
  trusted: readonly string[],
  target: Target,
  hasCredentials: boolean,
): Promise<Realm> {
  const refuse = (why: string, hint: string): Error =>
    codedError('REGISTRY_REALM_REFUSED', `${nameOf(target)}: the registry names ${quote(realm)} for tokens, ${why}`, {
      hint,
      details: { ...target, host: endpoint.host, realm: realm.slice(0, 300) },
    })
  const url = URL.canParse(realm) ? new URL(realm) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw refuse('which is no address of a web service', 'The registry is not set up rightly, or not what it seems.')
  }
  const own = new URL(endpoint.origin)
  // Before any trust: a name in the settings says who may have the credentials, not who may listen on the way.
  if (url.protocol === 'http:' && !endpoint.isInsecure && !isLoopback(own.hostname)) {
    throw refuse('which has no TLS', 'Have the registry name its token service with https.')
  }
  if (trusted.some((each) => [url.host, url.hostname].includes(each.toLowerCase()))) {
    return { url, isTrusted: true, isConfigured: true }
  }
  const trustHint = `If that is right, add ${url.host} to \`trustedRealms\` of ${target.registry}.`
  if (isLinkLocal(url.hostname)) throw refuse('an address of the link of this machine', trustHint)
  const isTrusted = url.hostname === own.hostname || (await haveOneDomain(url.hostname, own.hostname))
  if (!isTrusted && isLoopback(url.hostname) && !isLoopback(own.hostname))
    throw refuse('this machine itself', trustHint)
  if (!isTrusted && hasCredentials) throw refuse('a host that is not trusted with its credentials', trustHint)
  return { url, isTrusted, isConfigured: false }
}

/** True when one owner registered both names, by the public suffix list. */
async function haveOneDomain(left: string, right: string): Promise<boolean> {
  const { getDomain } = await import('tldts')
  const [one, other] = [left, right].map((name) => getDomain(name, { allowPrivateDomains: true }))
  return typeof one === 'string' && one === other
}

function quote(realm: string): string {
  return JSON.stringify(realm.slice(0, 200))
}
