import type { ErrorEntry } from './kinds.ts'

export const assemblyErrors = {} as const satisfies Record<string, ErrorEntry>
