import type { ErrorEntry } from './kinds.ts'

export const hostErrors = {
  HOST_LACKS: { kind: 'not-implemented', meaning: 'The host lacks a feature that the operation needs.' },
  HOST_SYSTEM_CALL: { kind: 'internal', meaning: 'A system call failed.' },
  DATA_ROOT_UNUSABLE: { kind: 'invalid', meaning: 'The folders of an engine cannot be made or written.' },
  DATA_ROOT_LOCKED: { kind: 'conflict', meaning: 'Another engine uses the data root.' },
} as const satisfies Record<string, ErrorEntry>
