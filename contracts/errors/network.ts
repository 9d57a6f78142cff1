import type { ErrorEntry } from './kinds.ts'

export const networkErrors = {
  NETWORK_NOT_FOUND: { kind: 'not-found', meaning: 'There is no network of that id at the driver.' },
  NETWORK_EXISTS: { kind: 'conflict', meaning: 'The network exists already at the driver.' },
  ENDPOINT_NOT_FOUND: { kind: 'not-found', meaning: 'There is no endpoint of that id on the network.' },
  ENDPOINT_EXISTS: { kind: 'conflict', meaning: 'The endpoint exists already.' },
  NETWORK_OPTION_INVALID: { kind: 'invalid', meaning: 'A network option is unknown or has a wrong value.' },
  NETWORK_HAS_ENDPOINTS: { kind: 'conflict', meaning: 'The network still has endpoints.' },
  NETWORK_PLUGIN_FAILED: { kind: 'internal', meaning: 'A program that makes networks for a driver failed.' },
  PORT_IN_USE: { kind: 'conflict', meaning: 'A host port is taken by another container or process.' },
  POOL_NOT_FOUND: { kind: 'not-found', meaning: 'There is no address pool of that id.' },
  POOL_OVERLAPS: { kind: 'conflict', meaning: 'The requested address pool overlaps one in use.' },
  POOL_INVALID: { kind: 'invalid', meaning: 'The requested address pool is not a valid prefix.' },
  POOLS_EXHAUSTED: { kind: 'exhausted', meaning: 'All predefined address pools are in use.' },
  ADDRESS_INVALID: { kind: 'invalid', meaning: 'A text is no IP address or prefix.' },
  ADDRESS_IN_USE: { kind: 'conflict', meaning: 'The requested address is taken.' },
  ADDRESS_OUTSIDE_POOL: { kind: 'invalid', meaning: 'The requested address lies outside its pool.' },
  ADDRESSES_EXHAUSTED: { kind: 'exhausted', meaning: 'The pool has no free address left.' },
} as const satisfies Record<string, ErrorEntry>
