import type { PathStatus } from '@moby/contracts'
import { fromByteString, openFlags, openWithin, statAt, toByteString, type FileStatus } from '@moby/lib-linux'
import { closeSync } from 'node:fs'
import { explainPath, pathNotFound, type AskedPath } from './explain-path.ts'
import { finalTarget } from './final-target.ts'

/** What is at a path below an open root. Errors: CONTAINER_PATH_NOT_FOUND, CONTAINER_PATH_INVALID. */
export function readStatus(root: number, asked: AskedPath): PathStatus {
  const path = toByteString(asked.resolved)
  const follows = /\/\.?$/.test(path)
  const status = explainPath(asked, () => lookAt(root, path, follows))
  if (status === undefined) throw pathNotFound(asked)
  const isLink = status.type === 'symlink'
  return {
    name: /([^/]+)\/?$/.exec(asked.resolved)?.[1] ?? '/',
    type: status.type,
    mode: status.mode,
    size: String(status.size),
    modifiedAt: toTimestamp(status.modifiedAt),
    linkTarget: isLink ? fromByteString(explainPath(asked, () => finalTarget(root, path))) : '',
  }
}

function lookAt(root: number, path: string, follows: boolean): FileStatus | undefined {
  const flags = openFlags.O_PATH | (follows ? openFlags.O_DIRECTORY : openFlags.O_NOFOLLOW)
  const descriptor = openWithin(root, path, flags, 'in-root')
  try {
    return statAt(descriptor, '')
  } finally {
    closeSync(descriptor)
  }
}

const second = 1_000_000_000n
/** Years 0 to 9999, which is what RFC 3339 can say. */
const [first, last] = [-62_167_219_200n, 253_402_300_799n]

/** RFC 3339 with as many digits of the fraction as it has. */
function toTimestamp(nanoseconds: bigint): string {
  const fraction = ((nanoseconds % second) + second) % second
  const whole = (nanoseconds - fraction) / second
  const seconds = whole < first ? first : whole > last ? last : whole
  const digits = String(fraction).padStart(9, '0').replace(/0+$/, '')
  const moment = new Date(Number(seconds) * 1000).toISOString().slice(0, 19)
  return `${moment}${digits === '' ? '' : `.${digits}`}Z`
}
