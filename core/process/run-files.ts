import { join } from 'node:path'
import { codedError } from '@moby/contracts'

/** Files in the run folder of a component that runs in a process of its own. */
export interface RunFiles {
  /** What it is told at its start. */
  readonly context: string
  /** Who its process is. */
  readonly record: string
  /** Unix socket that it serves on. */
  readonly listen: string
  /** Unix socket on which the kernel serves what it requires. */
  readonly requires: string
}

/** `lifeFolder`: the run folder of the component, or one inside that a second life has beside the first. */
export function filesOf(lifeFolder: string): RunFiles {
  return {
    context: join(lifeFolder, 'context.json'),
    record: join(lifeFolder, 'process.json'),
    listen: join(lifeFolder, 'socket'),
    requires: join(lifeFolder, 'kernel'),
  }
}

/** Where the second life of a component has its files while the first one is still there; then the third, and so on. */
export const secondLife = 'next'

/** Bytes of the longest path that is used; systems take 107. */
const longestPath = 99

/** Fails with SOCKET_PATH_TOO_LONG. */
export function checkSocketPaths({ listen, requires }: RunFiles, title: string): void {
  const longest = listen.length > requires.length ? listen : requires
  const length = Buffer.byteLength(longest)
  if (length <= longestPath) return
  throw codedError(
    'SOCKET_PATH_TOO_LONG',
    `The socket ${longest} of ${title} has a path of ${length} bytes, where ${longestPath} are possible`,
    { hint: 'choose a data root (or run root) with a shorter path: --data-root DIR' },
  )
}
