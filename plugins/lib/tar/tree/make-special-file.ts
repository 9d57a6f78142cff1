import { makeNodeAt, makeSymlinkAt } from '@moby/lib-linux/files'
import { entryError } from '../format/archive-error.ts'
import type { TarEntry } from '../format/entry.ts'

/** Makes what has a name and no content: a symbolic link, a device, a pipe. Does nothing for other entries. */
export function makeSpecialFile(folder: number, name: string, entry: TarEntry): void {
  switch (entry.type) {
    case 'symlink':
      if (entry.linkName === '') throw entryError('ARCHIVE_INVALID', entry.name, 'is a symbolic link to nothing')
      makeSymlinkAt(entry.linkName, folder, name)
      return
    case 'character':
    case 'block':
      makeNodeAt(folder, name, { type: entry.type, mode: 0o600, major: entry.major, minor: entry.minor })
      return
    case 'fifo':
      makeNodeAt(folder, name, { type: 'fifo', mode: 0o600 })
  }
}
