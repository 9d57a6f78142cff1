import type { PathStatus } from '@moby/contracts'
import type { Headers } from '../../../server/route.ts'

/** Bits of Go's fs.FileMode, which clients read: the kind of a file is not where stat(2) has it. */
const kinds: Readonly<Record<PathStatus['type'], number>> = {
  file: 0,
  directory: 2 ** 31,
  symlink: 2 ** 27,
  block: 2 ** 26,
  character: 2 ** 26 + 2 ** 21,
  fifo: 2 ** 25,
  socket: 2 ** 24,
}
const special: readonly (readonly [bit: number, meaning: number])[] = [
  [0o4000, 2 ** 23],
  [0o2000, 2 ** 22],
  [0o1000, 2 ** 20],
]

/** The header that tells what is at a path: base64 of JSON. */
export function pathStatHeader(status: PathStatus): Headers {
  const { name, size, modifiedAt, linkTarget } = status
  const stat = { name, size: Number(size), mode: goMode(status), mtime: modifiedAt, linkTarget }
  return { 'X-Docker-Container-Path-Stat': Buffer.from(JSON.stringify(stat)).toString('base64') }
}

function goMode({ type, mode }: PathStatus): number {
  return special.reduce(
    (sum, [bit, meaning]) => ((mode & bit) === 0 ? sum : sum + meaning),
    kinds[type] + (mode & 0o777),
  )
}
