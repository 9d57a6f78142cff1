import type { ErrorEntry } from './kinds.ts'

export const authErrors = {
  AUTH_NOT_AUTHENTICATED: { kind: 'unauthorized', meaning: 'The caller could not be identified.' },
  AUTH_DENIED: { kind: 'denied', meaning: 'The caller is not allowed to do this.' },
} as const satisfies Record<string, ErrorEntry>
