import type { ErrorEntry } from './kinds.ts'

export const storageErrors = {
  SNAPSHOT_NOT_FOUND: { kind: 'not-found', meaning: 'There is no snapshot of that key.' },
  SNAPSHOT_EXISTS: { kind: 'conflict', meaning: 'A snapshot of that key or name exists already.' },
  SNAPSHOT_IN_USE: { kind: 'conflict', meaning: 'The snapshot has children and cannot be removed.' },
  SNAPSHOT_NOT_ACTIVE: { kind: 'conflict', meaning: 'The operation needs an active snapshot.' },
  SNAPSHOT_TOO_DEEP: { kind: 'invalid', meaning: 'A snapshot would stand on more layers than the driver can stack.' },
  STORAGE_FULL: { kind: 'exhausted', meaning: 'There is no space left where layers or volumes are kept.' },
  VOLUME_NOT_FOUND: { kind: 'not-found', meaning: 'There is no volume of that name.' },
  VOLUME_NAME_INVALID: { kind: 'invalid', meaning: 'The name of a volume breaks the rules for names.' },
  VOLUME_OPTIONS_CONFLICT: { kind: 'conflict', meaning: 'A volume of that name exists with other options.' },
  VOLUME_OPTION_UNKNOWN: { kind: 'invalid', meaning: 'The volume driver does not know the option.' },
  VOLUME_OPTION_INVALID: { kind: 'invalid', meaning: 'An option of a volume is missing or has a wrong value.' },
  VOLUME_IN_USE: { kind: 'conflict', meaning: 'The volume is mounted or used by a container.' },
} as const satisfies Record<string, ErrorEntry>
