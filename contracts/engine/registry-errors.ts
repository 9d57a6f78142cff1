/** How an operation that asks a registry can fail. */
export const registryErrors = [
  'REGISTRY_UNREACHABLE',
  'REGISTRY_TLS',
  'REGISTRY_UNAUTHORIZED',
  'REGISTRY_DENIED',
  'REGISTRY_REALM_REFUSED',
  'REGISTRY_NOT_FOUND',
  'REGISTRY_RATE_LIMITED',
  'REGISTRY_FAILED',
  'REGISTRY_ANSWER_INVALID',
  'REGISTRY_STALLED',
  'NOT_SUPPORTED',
] as const

/** How a pull can fail, and what begins with one. */
export const pullErrors = [
  ...registryErrors,
  'IMAGE_REFERENCE_INVALID',
  'IMAGE_INVALID',
  'MANIFEST_INVALID',
  'MANIFEST_LIMIT',
  'PLATFORM_NOT_FOUND',
  'CONTENT_MISMATCH',
  'ARCHIVE_INVALID',
  'ARCHIVE_TRUNCATED',
  'ARCHIVE_ESCAPES',
  'ARCHIVE_LIMIT',
  'SNAPSHOT_TOO_DEEP',
  'STORAGE_FULL',
] as const
