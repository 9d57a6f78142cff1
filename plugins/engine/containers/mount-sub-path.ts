import { codedError } from '@moby/contracts'
import { bindMount, errnoOf, openFlags, openWithin, toByteString } from '@moby/lib-linux'
import { closeSync, fstatSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  ELOOP: 'too many levels of symbolic links',
}

/**
 * Makes one file or folder of a volume or an image visible at a point that is made, and answers the point. The kernel
 * walks the path and lets no link of it lead out of the base (openat2(2), RESOLVE_BENEATH); what was found is mounted
 * by its descriptor, so that nobody can change the way in between. Fails with CONTAINER_START_FAILED in Docker's words.
 */
export function mountSubPath(base: string, subPath: string, point: string): string {
  const found = openBeneath(base, subPath)
  try {
    mkdirSync(dirname(point), { recursive: true, mode: 0o711 })
    if (fstatSync(found).isDirectory()) mkdirSync(point, { recursive: true, mode: 0o711 })
    else writeFileSync(point, '')
    bindMount(`/proc/self/fd/${found}`, point)
  } finally {
    closeSync(found)
  }
  return point
}

function openBeneath(base: string, subPath: string): number {
  const folder = openSync(base, openFlags.O_PATH | openFlags.O_DIRECTORY)
  try {
    return openWithin(folder, toByteString(posix.normalize(subPath)), openFlags.O_PATH, 'beneath')
  } catch (cause) {
    const errno = errnoOf(cause) ?? ''
    const path = join(base, subPath)
    if (errno === 'EXDEV') {
      throw failure(`path concatenation escapes the base directory, base: ${base}, subpath: ${subPath}`, cause)
    }
    const reason = reasons[errno]
    if (reason === undefined) throw cause
    throw failure(`cannot access path ${path}: lstat ${path}: ${reason}`, cause)
  } finally {
    closeSync(folder)
  }
}

function failure(message: string, cause: unknown) {
  return codedError('CONTAINER_START_FAILED', message, {
    cause,
    hint: 'A sub-path names what is in the volume or image before the container starts, without links that lead out.',
  })
}
