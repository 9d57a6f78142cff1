import type { ErrorEntry } from './kinds.ts'

/** Failures of remote calls whose protocol has the status codes of gRPC: ttrpc now. */
export const rpcErrors = {
  RPC_NOT_FOUND: { kind: 'not-found', meaning: 'The peer does not know the object of the call.' },
  RPC_ALREADY_EXISTS: { kind: 'conflict', meaning: 'The peer has such an object already.' },
  RPC_PRECONDITION: { kind: 'conflict', meaning: 'The object is not in the state that the call needs.' },
  RPC_INVALID: { kind: 'invalid', meaning: 'The peer finds the request invalid.' },
  RPC_DENIED: { kind: 'denied', meaning: 'The peer does not allow the call.' },
  RPC_EXHAUSTED: { kind: 'exhausted', meaning: 'The peer is out of a resource, or a message is over the limit.' },
  RPC_UNIMPLEMENTED: { kind: 'not-implemented', meaning: 'The peer does not offer the call.' },
  RPC_UNAVAILABLE: { kind: 'unavailable', meaning: 'The peer cannot serve now.' },
  RPC_DEADLINE: { kind: 'deadline', meaning: 'The peer did not answer in time.' },
  RPC_FAILED: { kind: 'internal', meaning: 'The peer failed.' },
  RPC_PROTOCOL: { kind: 'internal', meaning: 'The peer broke the protocol.' },
  RPC_CONNECTION_LOST: { kind: 'unavailable', meaning: 'The connection to the peer could not be made, or was lost.' },
} as const satisfies Record<string, ErrorEntry>
