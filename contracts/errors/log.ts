import type { ErrorEntry } from './kinds.ts'

export const logErrors = {
  LOG_NOT_FOUND: { kind: 'not-found', meaning: 'There is no log of that id.' },
  LOG_OPTION_INVALID: { kind: 'invalid', meaning: 'A log option is unknown or has a wrong value.' },
  LOG_NOT_READABLE: { kind: 'not-implemented', meaning: 'The log driver cannot read back what it wrote.' },
} as const satisfies Record<string, ErrorEntry>
