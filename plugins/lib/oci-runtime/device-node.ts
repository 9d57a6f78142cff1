import type { Stats } from 'node:fs'

const character = 0o020000
const block = 0o060000
const kindMask = 0o170000

/** A device node (runtime-spec config-linux.md, devices). */
export interface LinuxDevice {
  readonly path: string
  readonly type: string
  readonly major: number
  readonly minor: number
  readonly fileMode?: number
  readonly uid?: number
  readonly gid?: number
}

/** The node that `path` in a container is, from the status of one of the host; undefined for what is no device. */
export function toDevice(stats: Stats, path: string): LinuxDevice | undefined {
  const kind = stats.mode & kindMask
  if (kind !== character && kind !== block) return undefined
  return {
    path,
    type: kind === block ? 'b' : 'c',
    major: major(stats.rdev),
    minor: minor(stats.rdev),
    fileMode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
  }
}

// The kernel's encoding of a device number in 64 bits (makedev(3)).
function major(device: number): number {
  return Number(((BigInt(device) >> 8n) & 0xfffn) | ((BigInt(device) >> 32n) & 0xfffff000n))
}

function minor(device: number): number {
  return Number((BigInt(device) & 0xffn) | ((BigInt(device) >> 12n) & 0xffffff00n))
}
