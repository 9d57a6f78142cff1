import { listNames, statAt } from '@moby/lib-linux/files'
import { entryError } from '../format/archive-error.ts'
import type { TarEntry } from '../format/entry.ts'
import { closeFolder, openFolderAt } from '../tree/folder-pair.ts'

/**
 * Fails with ARCHIVE_INVALID when a folder that an entry would replace is a mount, or holds one: to remove it would
 * empty a volume before it fails.
 */
export function requireNoMounts(parent: number, name: string, entry: TarEntry): void {
  if (statAt(parent, name)?.isMountRoot === true) {
    throw entryError('ARCHIVE_INVALID', entry.name, 'would replace a folder that something is mounted on')
  }
  const folder = openFolderAt(parent, name)
  if (folder === undefined) return
  try {
    for (const child of listNames(folder)) requireNoMounts(folder, child, entry)
  } finally {
    closeFolder(folder)
  }
}
