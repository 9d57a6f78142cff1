import { apiErrors } from './api.ts'
import { archiveErrors } from './archive.ts'
import { assemblyErrors } from './assembly.ts'
import { authErrors } from './auth.ts'
import { engineErrors } from './engine.ts'
import { hostErrors } from './host.ts'
import { kernelErrors } from './kernel.ts'
import type { ErrorEntry, ErrorKind } from './kinds.ts'
import { logErrors } from './log.ts'
import { networkErrors } from './network.ts'
import { rpcErrors } from './rpc.ts'
import { runtimeErrors } from './runtime.ts'
import { stateErrors } from './state.ts'
import { storageErrors } from './storage.ts'
import { wireErrors } from './wire.ts'

export type { ErrorEntry, ErrorKind } from './kinds.ts'

/** Every code that a part of this project raises, by area, with what it means. */
export const errorTable = {
  ...assemblyErrors,
  ...kernelErrors,
  ...wireErrors,
  ...stateErrors,
  ...hostErrors,
  ...archiveErrors,
  ...storageErrors,
  ...networkErrors,
  ...logErrors,
  ...authErrors,
  ...rpcErrors,
  ...runtimeErrors,
  ...engineErrors,
  ...apiErrors,
} as const

export type ErrorCode = keyof typeof errorTable

/** The kind of a code of the table, undefined for a code from elsewhere. */
export function kindOfCode(code: string): ErrorKind | undefined {
  return (errorTable as Record<string, ErrorEntry>)[code]?.kind
}
