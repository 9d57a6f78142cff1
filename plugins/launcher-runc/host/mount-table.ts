import { readFileSync } from 'node:fs'

/** A line of /proc/self/mountinfo (proc(5)). */
export interface MountPoint {
  readonly path: string
  readonly isShared: boolean
}

/** The mount that a path lies on: `path` must be real. */
export function mountOf(path: string, table = readFileSync('/proc/self/mountinfo', 'utf8')): MountPoint {
  let found: MountPoint = { path: '/', isShared: false }
  for (const line of table.split('\n')) {
    const [, , , , field, , ...rest] = line.split(' ')
    if (field === undefined) continue
    const point = field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
    const contains = point === '/' || path === point || path.startsWith(`${point}/`)
    // Of mounts on one point the last hides the others.
    if (!contains || point.length < found.path.length) continue
    const optional = rest.slice(0, rest.indexOf('-'))
    found = { path: point, isShared: optional.some((each) => each.startsWith('shared:')) }
  }
  return found
}
