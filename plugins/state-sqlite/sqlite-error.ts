import { codedError, isCodedError } from '@moby/contracts'

const full = 13
const damaged = [11, 26]

/** Primary result code of SQLite, undefined for an error from elsewhere. */
function resultCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | undefined)?.errcode
  return typeof code === 'number' ? code & 0xff : undefined
}

/** True when SQLite says that the file is damaged or no database. */
export function saysDamaged(error: unknown): boolean {
  return damaged.includes(resultCode(error) ?? -1)
}

/** An error of SQLite or of the file system as a coded one; coded ones pass through. */
export function stateError(file: string, error: unknown): Error {
  if (isCodedError(error)) return error
  const reason = error instanceof Error ? error.message : String(error)
  if (saysDamaged(error)) {
    return codedError('STATE_CORRUPT', `The state database ${file} is damaged: ${reason}.`, {
      hint: 'Stop the engine and start it again: it checks the database, keeps a copy and says what can be done.',
      cause: error,
    })
  }
  if (resultCode(error) === full || (error as NodeJS.ErrnoException).code === 'ENOSPC') {
    return codedError('STATE_FULL', `The state database ${file} cannot grow: the disk is full.`, {
      hint: 'Free some space and try again; nothing of the failed operation was kept.',
      cause: error,
    })
  }
  return codedError('STATE_WRITE_FAILED', `The state database ${file} could not be used: ${reason}.`, { cause: error })
}
