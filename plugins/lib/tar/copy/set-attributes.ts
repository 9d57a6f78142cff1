import { closeSync } from 'node:fs'
import {
  chmodDescriptor,
  chownDescriptor,
  errnoOf,
  openAt,
  openFlags,
  setTimesAt,
  setTimesDescriptor,
  setXattrDescriptor,
  statAt,
} from '@moby/lib-linux/files'
import { entryError } from '../format/archive-error.ts'
import type { TarEntry } from '../format/entry.ts'
import { isOverlayXattr } from '../tree/attributes.ts'

interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Gives an open file, none that is a symbolic link, what its entry says: owner, permissions, attributes, times. */
export function setAttributes(descriptor: number, entry: TarEntry, owner: Owner = entry): void {
  chownDescriptor(descriptor, owner.uid, owner.gid)
  chmodDescriptor(descriptor, entry.mode)
  for (const [name, value] of entry.xattrs) if (!isOverlayXattr(name)) setXattr(descriptor, name, value)
  setTimesDescriptor(descriptor, entry.accessedAt ?? entry.modifiedAt, entry.modifiedAt)
}

/**
 * The same for what has just been made by a name. Somebody may have put something else there: that stays as it is,
 * and the archive fails.
 */
export function setNameAttributes(parent: number, name: string, entry: TarEntry, owner: Owner = entry): void {
  const descriptor = openAt(parent, name, openFlags.O_PATH)
  try {
    if (statAt(descriptor, '')?.type !== entry.type) {
      throw entryError('ARCHIVE_INVALID', entry.name, 'was replaced by somebody while it was unpacked')
    }
    if (entry.type !== 'symlink') return setAttributes(descriptor, entry, owner)
    chownDescriptor(descriptor, owner.uid, owner.gid)
    setTimesAt(parent, name, entry.accessedAt ?? entry.modifiedAt, entry.modifiedAt)
  } finally {
    closeSync(descriptor)
  }
}

/** What the file system or the kind of file cannot carry is left out, as Docker does. */
function setXattr(descriptor: number, name: string, value: Uint8Array): void {
  try {
    setXattrDescriptor(descriptor, name, value)
  } catch (error) {
    const isTolerated = ['EOPNOTSUPP', 'EPERM'].includes(errnoOf(error) ?? '') && name !== 'security.capability'
    if (!isTolerated) throw error
  }
}
