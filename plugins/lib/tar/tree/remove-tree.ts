import { closeSync } from 'node:fs'
import { errnoOf, listNames, openAt, openFlags, removeFolderAt, unlinkAt } from '@moby/lib-linux/files'

/**
 * Removes a name and all below it; a symbolic link itself. A missing name is success, also one that somebody else removes
 * meanwhile. Mounts stop it with EBUSY.
 */
export function removeTreeAt(folder: number, name: string): void {
  try {
    unlinkAt(folder, name)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT') return
    if (errno !== 'EISDIR' && errno !== 'EPERM') throw error
    unlessGone(() => removeFolderTree(folder, name))
  }
}

function removeFolderTree(folder: number, name: string): void {
  const inner = openAt(folder, name, openFlags.O_RDONLY | openFlags.O_DIRECTORY)
  try {
    for (const child of listNames(inner)) removeTreeAt(inner, child)
  } finally {
    closeSync(inner)
  }
  removeFolderAt(folder, name)
}

function unlessGone(remove: () => void): void {
  try {
    remove()
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}
