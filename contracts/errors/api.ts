import type { ErrorEntry } from './kinds.ts'

export const apiErrors = {} as const satisfies Record<string, ErrorEntry>
