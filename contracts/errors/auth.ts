import type { ErrorEntry } from './kinds.ts'

export const authErrors = {
  AUTH_NOT_AUTHENTICATED: { kind: 'unauthorized', meaning: 'The caller could not be identified.' },
  AUTH_DENIED: { kind: 'denied', meaning: 'The caller is not allowed to do this.' },
  AUTH_RULES_INVALID: { kind: 'invalid', meaning: 'A rule names operations that there are not.' },
} as const satisfies Record<string, ErrorEntry>
