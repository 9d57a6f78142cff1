import { closeSync, openSync } from 'node:fs'
import { chmodAt, chownAt, getXattrAt, listXattrsAt, openFlags, setTimesAt, setXattrAt, statAt } from '@moby/lib-linux'

/** Gives the root of a new layer the attributes of the one below: overlayfs shows those of the uppermost. */
export function copyRootAttributes(from: string, to: string): void {
  const flags = openFlags.O_RDONLY | openFlags.O_DIRECTORY
  const source = openSync(from, flags)
  try {
    const target = openSync(to, flags)
    try {
      const status = statAt(source, '')
      if (status === undefined) return
      chownAt(target, '.', status.uid, status.gid)
      chmodAt(target, '.', status.mode)
      for (const attribute of listXattrsAt(source, '.')) {
        if (attribute.startsWith('trusted.overlay.') || attribute === 'security.selinux') continue
        const value = getXattrAt(source, '.', attribute)
        if (value !== undefined) setXattrAt(target, '.', attribute, value)
      }
      setTimesAt(target, '.', status.accessedAt, status.modifiedAt)
    } finally {
      closeSync(target)
    }
  } finally {
    closeSync(source)
  }
}
