import { codedError, type CodedError } from '@moby/contracts/errors'
import { fromByteString } from '@moby/lib-linux/files'

type ArchiveCode = 'ARCHIVE_INVALID' | 'ARCHIVE_ESCAPES' | 'ARCHIVE_LIMIT' | 'ARCHIVE_TRUNCATED'

/** An error about one entry. `entry` is a byte string; long ones are shortened in the message. */
export function entryError(code: ArchiveCode, entry: string, problem: string): CodedError {
  const name = fromByteString(entry.length > 200 ? `${entry.slice(0, 200)}...` : entry)
  return codedError(code, `The archive entry ${JSON.stringify(name)} ${problem}`, { details: { entry: name } })
}

/** An error about a place in the archive, counted in bytes from its beginning. */
export function placeError(code: ArchiveCode, offset: number, problem: string): CodedError {
  return codedError(code, `The archive ${problem} at byte ${offset}`, { details: { offset } })
}
