import { closeSync } from 'node:fs'
import { errnoOf, openAt, openFlags } from '@moby/lib-linux/files'

const folderFlags = openFlags.O_RDONLY | openFlags.O_DIRECTORY

/** Opens a folder in a tree that others may be changing; undefined when it is gone or no folder any more. */
export function openFolderAt(folder: number, name: string): number | undefined {
  try {
    return openAt(folder, name, folderFlags)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
}

export function closeFolder(folder: number | undefined): void {
  if (folder !== undefined) closeSync(folder)
}
