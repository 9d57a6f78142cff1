import type { ErrorEntry } from './kinds.ts'

export const stateErrors = {
  STATE_CONFLICT: { kind: 'conflict', meaning: 'A key was changed by somebody else since it was read.' },
  STATE_CORRUPT: { kind: 'internal', meaning: 'The state database is damaged.' },
  STATE_SCHEMA_NEWER: { kind: 'invalid', meaning: 'The state was written by a newer version.' },
  STATE_FULL: { kind: 'exhausted', meaning: 'The disk that holds the state database is full.' },
  STATE_WRITE_FAILED: { kind: 'internal', meaning: 'The state database could not be read or written.' },
  STATE_REVISION_GONE: { kind: 'not-found', meaning: 'Changes since that revision are no longer kept.' },
} as const satisfies Record<string, ErrorEntry>
