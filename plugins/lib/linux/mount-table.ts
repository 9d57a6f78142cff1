import { readFileSync } from 'node:fs'

/** A line of /proc/self/mountinfo (proc(5)). */
export interface MountPoint {
  readonly path: string
  /** Type of the file system: `ext4`. */
  readonly type: string
  /** It passes mounts on to others of its peer group. */
  readonly isShared: boolean
  /** It gets what is mounted in the peer group of another. */
  readonly isSlave: boolean
}

/** The mounts of this process, in the order in which they were made. */
export function readMounts(table = readFileSync('/proc/self/mountinfo', 'utf8')): MountPoint[] {
  const found: MountPoint[] = []
  for (const line of table.split('\n')) {
    const [left = '', right = ''] = line.split(' - ')
    const [, , , , field, , ...optional] = left.split(' ')
    if (field === undefined) continue
    const path = field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
    const type = right.split(' ')[0] ?? ''
    const has = (word: string) => optional.some((each) => each.startsWith(word))
    found.push({ path, type, isShared: has('shared:'), isSlave: has('master:') })
  }
  return found
}

/** The mount that a path lies on; `path` must be real. */
export function mountOf(path: string, mounts: readonly MountPoint[] = readMounts()): MountPoint {
  let found: MountPoint = { path: '/', type: 'unknown', isShared: false, isSlave: false }
  for (const mount of mounts) {
    const contains = mount.path === '/' || path === mount.path || path.startsWith(`${mount.path}/`)
    // Of mounts on one point the last hides the others.
    if (contains && mount.path.length >= found.path.length) found = mount
  }
  return found
}
