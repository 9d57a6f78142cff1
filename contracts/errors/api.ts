import type { ErrorEntry } from './kinds.ts'

export const apiErrors = {
  API_REQUEST_INVALID: {
    kind: 'invalid',
    meaning: 'A request to the API cannot be read: path, query, header or body.',
  },
  API_VERSION_UNSUPPORTED: {
    kind: 'invalid',
    meaning: 'The client asks for a version of the API outside the served ones.',
  },
  API_PAGE_NOT_FOUND: { kind: 'not-found', meaning: 'The API has no such path or method.' },
  API_BODY_TOO_LARGE: { kind: 'too-large', meaning: 'The body of a request is larger than the limit.' },
  API_NOT_IMPLEMENTED: {
    kind: 'not-implemented',
    meaning: 'The Docker API has this operation or option, this engine not yet.',
  },
  API_NO_SWARM: { kind: 'unavailable', meaning: 'The operation needs a swarm, and this engine is not part of one.' },
  API_SOCKET_IN_USE: { kind: 'conflict', meaning: 'Another process listens on the socket of the API.' },
  API_TLS_INVALID: { kind: 'invalid', meaning: 'The certificate, key or authorities of the API cannot be used.' },
  API_TCP_UNPROTECTED: {
    kind: 'invalid',
    meaning: 'The API was to listen on the network without TLS, and the configuration does not allow that.',
  },
  API_SOCKET_INVALID: { kind: 'invalid', meaning: 'The address of the API cannot be listened on.' },
} as const satisfies Record<string, ErrorEntry>
