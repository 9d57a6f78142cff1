import type { ErrorEntry } from './kinds.ts'

export const registryErrors = {
  REGISTRY_UNREACHABLE: { kind: 'unavailable', meaning: 'No connection to a registry, or to its token service.' },
  REGISTRY_TLS: { kind: 'unavailable', meaning: 'The certificate of a registry is not one to trust.' },
  REGISTRY_UNAUTHORIZED: { kind: 'unauthorized', meaning: 'A registry wants credentials, or refuses those given.' },
  REGISTRY_DENIED: { kind: 'denied', meaning: 'A registry refuses this to the account that asks.' },
  REGISTRY_REALM_REFUSED: {
    kind: 'denied',
    meaning: 'A registry sends its clients for a token to a host that is not trusted with their credentials.',
  },
  REGISTRY_NOT_FOUND: { kind: 'not-found', meaning: 'A registry has no such repository, tag or digest.' },
  REGISTRY_RATE_LIMITED: { kind: 'rate-limited', meaning: 'A registry wants fewer requests.' },
  REGISTRY_FAILED: { kind: 'unavailable', meaning: 'A registry answered with an error of its own.' },
  REGISTRY_ANSWER_INVALID: {
    kind: 'unavailable',
    meaning: 'A registry answered against the distribution specification.',
  },
  REGISTRY_STALLED: { kind: 'deadline', meaning: 'A registry sent or took nothing for too long.' },
  REGISTRY_CONFIG_INVALID: { kind: 'invalid', meaning: 'The configuration of a registry cannot be used.' },
  CONTENT_MISMATCH: { kind: 'invalid', meaning: 'Content has not the digest or the size that it was asked for by.' },
  CONTENT_NOT_FOUND: { kind: 'not-found', meaning: 'The content of an image is not in the store.' },
  DIGEST_INVALID: { kind: 'invalid', meaning: 'A digest cannot be read, or its algorithm is not supported.' },
  MANIFEST_INVALID: { kind: 'invalid', meaning: 'A manifest or index contradicts the image specification.' },
  MANIFEST_LIMIT: { kind: 'too-large', meaning: 'A manifest or index is larger or deeper than is taken.' },
  PLATFORM_NOT_FOUND: { kind: 'not-found', meaning: 'An image is not there for that platform.' },
} as const satisfies Record<string, ErrorEntry>
