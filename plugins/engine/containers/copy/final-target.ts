import { codedError } from '@moby/contracts'
import { errnoOf, openFlags, openWithin, readLinkAt, statAt } from '@moby/lib-linux'
import { closeSync } from 'node:fs'

const mostLinks = 255

/**
 * Where a path leads in the end, within an open root: all links on the way and at its end followed, as far as there is
 * something. Byte strings. Fails with CONTAINER_PATH_INVALID for links that lead in a circle.
 */
export function finalTarget(root: number, path: string): string {
  const done: string[] = []
  const rest = path.split('/').toReversed()
  let links = 0
  while (rest.length > 0) {
    const name = rest.pop() ?? ''
    if (name === '' || name === '.') continue
    if (name === '..') {
      done.pop()
      continue
    }
    const target = linkIn(root, done.join('/'), name)
    if (target === undefined) {
      done.push(name)
      continue
    }
    links += 1
    if (links > mostLinks) throw codedError('CONTAINER_PATH_INVALID', `too many links in the way of a symbolic link`)
    if (target.startsWith('/')) done.length = 0
    rest.push(...target.split('/').toReversed())
  }
  return `/${done.join('/')}`
}

/** The target of a link, undefined for what is none or not there. */
function linkIn(root: number, folder: string, name: string): string | undefined {
  let descriptor: number
  try {
    const flags = openFlags.O_PATH | openFlags.O_DIRECTORY
    descriptor = openWithin(root, folder === '' ? '.' : folder, flags, 'no-symlinks')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
  try {
    return statAt(descriptor, name)?.type === 'symlink' ? readLinkAt(descriptor, name) : undefined
  } finally {
    closeSync(descriptor)
  }
}
