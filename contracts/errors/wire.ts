import type { ErrorEntry } from './kinds.ts'

export const wireErrors = {
  WIRE_REQUEST_INVALID: { kind: 'invalid', meaning: 'A request does not match the schema of the contract.' },
  WIRE_RESPONSE_INVALID: {
    kind: 'internal',
    meaning: 'A component answered with something that does not match the schema of the contract.',
  },
  WIRE_METHOD_UNKNOWN: {
    kind: 'not-implemented',
    meaning: 'The contract has no such method in the version that the peer serves.',
  },
  WIRE_CONTRACT_UNKNOWN: { kind: 'not-found', meaning: 'The peer does not serve that contract.' },
  WIRE_PEER_UNREACHABLE: { kind: 'unavailable', meaning: 'The peer could not be reached or closed the connection.' },
  WIRE_STREAM_BROKEN: { kind: 'unavailable', meaning: 'A stream ended without its status frame.' },
  WIRE_DEADLINE: { kind: 'deadline', meaning: 'The peer did not answer within the deadline of the method.' },
  WIRE_TOO_LARGE: { kind: 'too-large', meaning: 'A body or frame is larger than the limit.' },
  WIRE_PEER_UNEXPECTED: { kind: 'unavailable', meaning: 'Another component answered than the lock names.' },
  WIRE_VERSION_MISMATCH: {
    kind: 'unavailable',
    meaning: 'The peer serves a contract in a version that does not fit the one needed.',
  },
  WIRE_INTERNAL: { kind: 'internal', meaning: 'The component failed without a coded error.' },
} as const satisfies Record<string, ErrorEntry>
