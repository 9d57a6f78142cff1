import { codedError } from '@moby/contracts'
import { errnoOf } from '@moby/lib-linux'

/** What a client asked for: the container as it was named, the path as it came and as it is looked up. */
export interface AskedPath {
  readonly ref: string
  readonly path: string
  readonly resolved: string
}

const reasons: Readonly<Record<string, string>> = {
  ENOTDIR: 'not a directory',
  ELOOP: 'too many links',
  ENAMETOOLONG: 'file name too long',
  EACCES: 'permission denied',
}

/** Tells the failure of a look-up as clients expect it. Errors: CONTAINER_PATH_NOT_FOUND, CONTAINER_PATH_INVALID. */
export function explainPath<T>(asked: AskedPath, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const errno = errnoOf(error) ?? ''
    if (errno === 'ENOENT') throw pathNotFound(asked)
    const reason = reasons[errno]
    if (reason === undefined) throw error
    throw codedError('CONTAINER_PATH_INVALID', `lstat ${asked.resolved}: ${reason}`, { cause: error })
  }
}

export function pathNotFound({ ref, path }: AskedPath): Error {
  return codedError('CONTAINER_PATH_NOT_FOUND', `Could not find the file ${path} in container ${ref}`)
}
