import { authAuthorize, codedError, implement, type RequestOf } from '@moby/contracts'
import { bodyLimit, Decision, hidesBody } from '@moby/lib-docker-plugin-protocol'
import type { Plugin } from '../plugin.ts'

type Request = RequestOf<typeof authAuthorize, 'authorize'>
type Evidence = NonNullable<Request['http']>

/**
 * Docker's authorization protocol as a driver of `auth.authorize`. Such a plugin decides on the HTTP request, so
 * whatever comes without one is denied; so is a body that is longer than it may be shown.
 */
export function authorizationDriver(name: string, plugin: () => Plugin) {
  /** One request of a client may be several operations of the engine; the plugin is asked about it once. */
  const asked = new WeakMap<Evidence, Promise<{ allow: boolean; message?: string }>>()
  return implement(authAuthorize, {
    async authorize(request, call) {
      const { http } = request
      if (http === undefined) return withoutEvidence(name)
      const known = asked.get(http)
      if (known !== undefined) return await known
      const decision = decide(plugin(), 'AuthZPlugin.AuthZReq', () => requestOf(request, http), call?.signal)
      asked.set(http, decision)
      return await decision
    },
    async authorizeResponse(request, call) {
      const { http, status, headers, body } = request
      if (http === undefined) return withoutEvidence(name)
      const answer = {
        ResponseStatusCode: status,
        ...(body === undefined || body.length === 0 || !isJson(headers) || hidesBody(http.uri)
          ? {}
          : { ResponseBody: encode(body) }),
        ResponseHeaders: goHeaders(headers),
      }
      return await decide(
        plugin(),
        'AuthZPlugin.AuthZRes',
        () => ({ ...requestOf(request, http), ...answer }),
        call?.signal,
      )
    },
  })
}

async function decide(
  plugin: Plugin,
  method: string,
  body: () => Record<string, unknown>,
  signal: AbortSignal | undefined,
): Promise<{ allow: boolean; message?: string }> {
  const { Allow, Msg } = await plugin.call('authorization', method, Decision, body(), { signal })
  return { allow: Allow, ...(Msg === '' ? {} : { message: Msg }) }
}

function withoutEvidence(name: string) {
  return { allow: false, message: `the plugin ${name} decides on HTTP requests, and this operation came without one` }
}

/** Empty fields are left out, as in Docker's requests. */
function requestOf({ principal }: Pick<Request, 'principal'>, http: Evidence): Record<string, unknown> {
  // Docker names a user for certificates alone: over a Unix socket, or one that is open to everybody, these plugins
  // expect none.
  const isNamed = !['peer-credentials', 'none'].includes(principal.method) && principal.name !== ''
  const { body, certificates = [] } = http
  const isShown = body !== undefined && body.length > 0 && isJson(http.headers) && !hidesBody(http.uri)
  return {
    ...(isNamed
      ? { User: principal.name, UserAuthNMethod: principal.method === 'tls' ? 'TLS' : principal.method }
      : {}),
    RequestMethod: http.method,
    RequestUri: http.uri,
    ...(isShown ? { RequestBody: encode(body) } : {}),
    RequestHeaders: goHeaders(http.headers),
    ...(certificates.length === 0
      ? {}
      : { RequestPeerCertificates: certificates.map((pem) => Buffer.from(pem).toString('base64')) }),
  }
}

function encode(body: Uint8Array): string {
  if (body.length > bodyLimit) {
    throw codedError(
      'AUTH_DENIED',
      `the body has ${body.length} bytes; an authorization plugin may be shown ${bodyLimit}`,
    )
  }
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64')
}

function isJson(headers: Readonly<Record<string, string>>): boolean {
  const entry = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')
  return entry?.[1].split(';')[0]?.trim().toLowerCase() === 'application/json'
}

/** Names as Go writes them: `content-type` is `Content-Type`. */
function goHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase().replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase()),
      value,
    ]),
  )
}
