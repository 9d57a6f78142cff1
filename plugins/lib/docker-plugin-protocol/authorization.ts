import { base64, flag, list, shape, table, text, whole } from './shape.ts'

/** Bytes of a body that an authorizer is shown; a longer one is denied, never left out. */
export const bodyLimit = 4 * 1024 * 1024

/** Answer of `AuthZPlugin.AuthZReq` and `AuthZPlugin.AuthZRes`. */
export const Decision = shape({ Allow: flag, Msg: text(), Err: text() })

/** Request of both; the fields of the response are empty in the first. */
export const AuthorizationRequest = shape({
  User: text(),
  UserAuthNMethod: text(),
  RequestMethod: text(64),
  RequestUri: text(1024 * 1024),
  RequestBody: base64,
  RequestHeaders: table(text(1024 * 1024)),
  RequestPeerCertificates: list(text(1024 * 1024)),
  ResponseStatusCode: whole,
  ResponseBody: base64,
  ResponseHeaders: table(text(1024 * 1024)),
})

/**
 * Paths whose bodies hold credentials and are not shown.
 * Source: moby pkg/authorization/authz.go, isAuthEndpoint.
 */
export function hidesBody(uri: string): boolean {
  return /^[^/]*\/(v\d[\d.]*\/)?auth/.test(uri.split('?')[0] ?? '')
}
