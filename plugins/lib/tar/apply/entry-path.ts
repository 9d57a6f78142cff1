import { longestPath } from '@moby/lib-linux/files'
import { entryError } from '../format/archive-error.ts'

const longestName = 255
const whiteoutPrefix = '.wh.'

/** What the name of an entry asks for. Paths are relative to the root, without dots; the root is ''. */
export type EntryPath =
  | { readonly kind: 'entry'; readonly parent: string; readonly name: string }
  | { readonly kind: 'whiteout'; readonly parent: string; readonly name: string }
  | { readonly kind: 'opaque'; readonly parent: string }
  /** Bookkeeping of AUFS at the root of old images, which means nothing here. */
  | { readonly kind: 'ignored' }

/**
 * Reads the name of an entry (image-spec, layer.md, "Whiteouts"). Absolute names lie in the root. Errors:
 * ARCHIVE_ESCAPES for names that lead out of it, ARCHIVE_INVALID for whiteouts of nothing and names too long.
 */
export function readEntryPath(entryName: string): EntryPath {
  const path = cleanPath(entryName, entryName)
  const slash = path.lastIndexOf('/')
  const parent = slash === -1 ? '' : path.slice(0, slash)
  const name = path.slice(slash + 1)
  if (!path.includes(whiteoutPrefix)) return { kind: 'entry', parent, name }
  if (parent.split('/').some((part) => part.startsWith(whiteoutPrefix))) {
    if (path.startsWith('.wh..wh.')) return { kind: 'ignored' }
    throw entryError('ARCHIVE_INVALID', entryName, 'lies inside a whiteout')
  }
  if (!name.startsWith(whiteoutPrefix)) return { kind: 'entry', parent, name }
  if (name === '.wh..wh..opq') return { kind: 'opaque', parent }
  const hidden = name.slice(whiteoutPrefix.length)
  if (hidden.startsWith('.wh.')) return { kind: 'ignored' }
  if (hidden === '' || hidden === '.' || hidden === '..') {
    throw entryError('ARCHIVE_INVALID', entryName, 'is an invalid whiteout')
  }
  return { kind: 'whiteout', parent, name: hidden }
}

/** Resolves dots by the letters of the path alone. `entryName` is for the error. */
export function cleanPath(path: string, entryName: string): string {
  if (path.length > longestPath)
    throw entryError('ARCHIVE_INVALID', entryName, 'has a name that is too long (ENAMETOOLONG)')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (parts.pop() === undefined) throw entryError('ARCHIVE_ESCAPES', entryName, `leads out of the archive`)
    } else if (part.length > longestName) {
      throw entryError('ARCHIVE_INVALID', entryName, 'has a name that is too long (ENAMETOOLONG)')
    } else parts.push(part)
  }
  return parts.join('/')
}

export function joinPath(parent: string, name: string): string {
  return parent === '' ? name : `${parent}/${name}`
}
