import { Buffer } from 'node:buffer'
import type { FileStatus } from '@moby/lib-linux/files'
import { readXattrs } from './attributes.ts'

/** A name in an open folder, and its status. */
export interface NamedStatus {
  readonly folder: number
  readonly name: string
  readonly status: FileStatus
}

/** Whether two have the same type, owner, permissions and extended attributes. */
export function hasSameAttributes(one: NamedStatus, other: NamedStatus): boolean {
  const keys = ['type', 'mode', 'uid', 'gid'] as const
  if (keys.some((key) => one.status[key] !== other.status[key])) return false
  const [own, others] = [readXattrs(one.folder, one.name), readXattrs(other.folder, other.name)]
  if (own.size !== others.size) return false
  return [...own].every(([key, value]) => {
    const otherValue = others.get(key)
    return otherValue !== undefined && Buffer.compare(value, otherValue) === 0
  })
}
