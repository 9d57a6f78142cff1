import { errnoOf, openFlags, openWithin, toByteString } from '@moby/lib-linux'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'

const largest = 4 * 1024 * 1024

/**
 * Opens a path as a process with that root would see it: symbolic links, absolute ones too, stay inside, and the
 * kernel does the walking, so that nobody can change the way meanwhile (openat2(2), RESOLVE_IN_ROOT).
 * Answers a descriptor, or undefined for what does not exist.
 */
export function openInRoot(root: string, path: string, flags: number): number | undefined {
  const folder = openSync(root, openFlags.O_DIRECTORY | openFlags.O_RDONLY)
  try {
    return openWithin(folder, toByteString(path), flags, 'in-root')
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT' || errno === 'ENOTDIR' || errno === 'ELOOP') return undefined
    throw error
  } finally {
    closeSync(folder)
  }
}

/** Text of a small regular file inside a root, empty when there is none. A FIFO there is not waited for. */
export function readInRoot(root: string, path: string): string {
  const descriptor = openInRoot(root, path, openFlags.O_RDONLY | openFlags.O_NONBLOCK)
  if (descriptor === undefined) return ''
  try {
    const stats = fstatSync(descriptor)
    return stats.isFile() && stats.size <= largest ? readFileSync(descriptor, 'utf8') : ''
  } finally {
    closeSync(descriptor)
  }
}
