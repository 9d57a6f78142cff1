import { getXattrAt, makeNodeAt, setXattrAt, type FileStatus } from '@moby/lib-linux/files'

// How overlayfs marks in an upper folder what is gone (Documentation/filesystems/overlayfs.rst in Linux).
const opaqueAttribute = 'trusted.overlay.opaque'

/** A character device 0:0 hides the name in the layers below. */
export function isWhiteout(status: FileStatus): boolean {
  return status.type === 'character' && status.major === 0 && status.minor === 0
}

export function makeWhiteout(folder: number, name: string): void {
  makeNodeAt(folder, name, { type: 'character', mode: 0 })
}

/** Hides everything that lower layers have in the folder. */
export function makeOpaque(folder: number, name: string): void {
  setXattrAt(folder, name, opaqueAttribute, Buffer.from('y'))
}

export function isOpaque(folder: number): boolean {
  const value = getXattrAt(folder, '.', opaqueAttribute)
  return value !== undefined && Buffer.from(value).toString('latin1') === 'y'
}
