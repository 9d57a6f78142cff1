import { closeSync } from 'node:fs'
import { errnoOf, openFlags, openWithin, readLinkAt, statAt, type FileStatus } from '@moby/lib-linux'

/** Links that are followed on one way, as the kernel does (path_resolution(7)). */
const mostLinks = 40

/** Where a path leads. Paths are byte strings, absolute in the root, without dots and links. */
export interface ResolvedPath {
  /** For what does not exist: where it would be made. */
  readonly path: string
  readonly status?: FileStatus | undefined
  /** Target of a symbolic link that was not followed. */
  readonly link?: string | undefined
  /** What stands in the way as something else than a folder, or as a link that leads nowhere but to itself. */
  readonly blockedBy?: string | undefined
}

/**
 * Follows a path as a process with that root would, link by link: whatever links say, nothing outside the root is
 * looked at, since each step is opened by the kernel with the root as its root (openat2(2), RESOLVE_IN_ROOT). The tree
 * must not change meanwhile.
 */
export function resolvePath(root: number, path: string, follow: boolean): ResolvedPath {
  const rest = path.split('/').toReversed()
  let at: string[] = []
  let links = 0
  let missing = false
  let last: { status?: FileStatus; link?: string } = {}
  while (rest.length > 0) {
    const name = rest.pop() ?? ''
    if (name === '' || name === '.') continue
    if (name === '..') {
      at = at.slice(0, -1)
      missing = missing && look(root, at).status === undefined
      continue
    }
    const next = [...at, name]
    if (missing) {
      at = next
      continue
    }
    last = look(root, next)
    const isLast = rest.every((each) => each === '' || each === '.')
    if (last.link !== undefined && (follow || !isLast)) {
      links += 1
      if (links > mostLinks) return { path: written(next), blockedBy: written(next) }
      if (last.link.startsWith('/')) at = []
      rest.push(...last.link.split('/').toReversed())
      continue
    }
    at = next
    if (last.status === undefined) missing = true
    else if (!isLast && last.status.type !== 'directory')
      return { path: written([...at, ...rest.toReversed()]), blockedBy: written(at) }
  }
  if (missing) return { path: written(at) }
  const found = look(root, at)
  return { path: written(at), ...found }
}

function written(parts: readonly string[]): string {
  return `/${parts.filter((part) => part !== '').join('/')}`
}

function look(root: number, parts: readonly string[]): { status?: FileStatus; link?: string } {
  let opened: number
  try {
    opened = openWithin(root, parts.join('/') || '.', openFlags.O_PATH | openFlags.O_NOFOLLOW, 'in-root')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(errnoOf(error) ?? '')) return {}
    throw error
  }
  try {
    const status = statAt(opened, '')
    if (status === undefined) return {}
    return status.type === 'symlink' ? { status, link: readLinkAt(opened, '') } : { status }
  } finally {
    closeSync(opened)
  }
}
