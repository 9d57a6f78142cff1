import { constants } from 'node:os'
import { getSystemErrorMessage } from 'node:util'
import { codedError, isCodedError } from '@moby/contracts/errors'
import { lastErrno } from './binding.ts'

const aliases = new Set(['EWOULDBLOCK', 'ENOTSUP'])
const names = new Map(
  Object.entries(constants.errno)
    .filter(([name]) => !aliases.has(name))
    .map(([name, number]) => [number, name]),
)

/** Name of an errno, `EBUSY`; unknown ones as `E134`. */
export function errnoName(errno: number): string {
  return names.get(errno) ?? `E${errno}`
}

/**
 * Throws HOST_SYSTEM_CALL for a failed call. `subject` is the object that it was about, a path or a link.
 * Details: `{errno: 'EBUSY', call: 'umount2', subject}`.
 */
export function failSystemCall(call: string, errno: number, subject: string, explanation?: string): never {
  const name = errnoName(errno)
  const reason = explanation ?? (names.has(errno) ? getSystemErrorMessage(-errno) : 'unknown error')
  throw codedError('HOST_SYSTEM_CALL', `${call} of ${subject} failed: ${reason} (${name})`, {
    details: { errno: name, call, subject },
  })
}

/** Passes the result of a C call on, or throws when it is -1. */
export function checked(result: number, call: string, subject: string): number {
  if (result === -1) failSystemCall(call, lastErrno(), subject)
  return result
}

/** The errno name that an error carries: one of ours or one of Node's. Undefined for any other. */
export function errnoOf(error: unknown): string | undefined {
  if (isCodedError(error)) {
    const errno = error.details?.['errno']
    return typeof errno === 'string' ? errno : undefined
  }
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code in constants.errno) {
    return error.code
  }
  return undefined
}
