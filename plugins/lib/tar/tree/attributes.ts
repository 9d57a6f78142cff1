import {
  chmodAt,
  chownAt,
  errnoOf,
  getXattrAt,
  listXattrsAt,
  removeXattrAt,
  setXattrAt,
  type FileStatus,
} from '@moby/lib-linux/files'

/** Attributes of overlayfs itself: never part of a layer, and never taken from one. */
export function isOverlayXattr(name: string): boolean {
  return name.startsWith('trusted.overlay.') || name.startsWith('user.overlay.')
}

/** Extended attributes of a name that belong to its content, sorted; those of the host's own labelling are not. */
export function readXattrs(folder: number, name: string): Map<string, Uint8Array> {
  const xattrs = new Map<string, Uint8Array>()
  for (const attribute of listXattrsAt(folder, name)) {
    if (isOverlayXattr(attribute) || attribute === 'security.selinux') continue
    const value = getXattrAt(folder, name, attribute)
    if (value !== undefined) xattrs.set(attribute, value)
  }
  return xattrs
}

/**
 * Sets extended attributes. What the file system or the kind of file cannot carry is left out, as Docker does, but
 * for capabilities: a program without them would be another program.
 */
function writeXattrs(folder: number, name: string, xattrs: ReadonlyMap<string, Uint8Array>): void {
  for (const [attribute, value] of xattrs) {
    if (isOverlayXattr(attribute)) continue
    try {
      setXattrAt(folder, name, attribute, value)
    } catch (error) {
      const tolerated = ['EOPNOTSUPP', 'EPERM'].includes(errnoOf(error) ?? '') && attribute !== 'security.capability'
      if (!tolerated) throw error
    }
  }
}

/** Removes the extended attributes that are not in `kept`. */
export function removeOtherXattrs(folder: number, name: string, kept: ReadonlyMap<string, Uint8Array>): void {
  for (const attribute of listXattrsAt(folder, name)) {
    if (kept.has(attribute) || isOverlayXattr(attribute) || attribute === 'security.selinux') continue
    removeXattrAt(folder, name, attribute)
  }
}

/** Owner, permissions and extended attributes, in the order in which one does not undo the other. */
export function writeAttributes(
  folder: number,
  name: string,
  attributes: Pick<FileStatus, 'uid' | 'gid' | 'mode'> & { readonly xattrs: ReadonlyMap<string, Uint8Array> },
  isSymlink: boolean,
): void {
  chownAt(folder, name, attributes.uid, attributes.gid)
  if (!isSymlink) chmodAt(folder, name, attributes.mode)
  if (attributes.xattrs.size > 0) writeXattrs(folder, name, attributes.xattrs)
}
