import type { ErrorEntry } from './kinds.ts'

export const archiveErrors = {
  ARCHIVE_INVALID: { kind: 'invalid', meaning: 'An archive is damaged or not of a known form.' },
  ARCHIVE_ESCAPES: { kind: 'invalid', meaning: 'An archive entry points outside the layer.' },
  ARCHIVE_LIMIT: { kind: 'too-large', meaning: 'An archive exceeds a limit of size or count.' },
  ARCHIVE_TRUNCATED: { kind: 'invalid', meaning: 'An archive ended early.' },
} as const satisfies Record<string, ErrorEntry>
