import { constants, readdirSync } from 'node:fs'
import { declareFunction, lastErrno } from './binding.ts'
import { cName, fromByteString } from './files-name.ts'
import { checked, errnoName, failSystemCall } from './syscall.ts'

const openat = declareFunction<(folder: number, name: Uint8Array, flags: number, mode: number) => number>(
  'int openat(int folder, const void *name, int flags, uint32_t mode)',
)
const openat2 = declareFunction<
  (call: number, folder: number, name: Uint8Array, how: Uint8Array, size: number) => number
>('long syscall(long call, long folder, const void *name, const void *how, size_t size)')

const openat2Number = 437
const closeOnExec = 0o2000000

/** Flags of open(2) that Node has no name for, or not on every release. */
export const openFlags = { ...constants, O_CLOEXEC: closeOnExec, O_PATH: 0o10000000 } as const

/** openat2(2): what a path may do while it is resolved. */
const resolveFlags = { noMagicLinks: 0x02, noSymlinks: 0x04, beneath: 0x08, inRoot: 0x10 } as const

/**
 * Opens one name in an open folder; a symbolic link there is not followed (ELOOP, or ENOTDIR together with
 * O_DIRECTORY). Closed on exec.
 */
export function openAt(folder: number, name: string, flags: number, mode = 0): number {
  return checked(
    openat(folder, cName(name), flags | constants.O_NOFOLLOW | closeOnExec, mode),
    'openat',
    fromByteString(name),
  )
}

/**
 * Opens a path below an open folder whatever symbolic links it crosses. `in-root`: links are followed as if the
 * folder were the root directory; `beneath`: what would leave the folder fails with EXDEV; `no-symlinks`: any
 * link fails with ELOOP.
 */
export function openWithin(
  folder: number,
  path: string,
  flags: number,
  resolve: 'in-root' | 'beneath' | 'no-symlinks',
): number {
  const rules = {
    'in-root': resolveFlags.inRoot,
    beneath: resolveFlags.beneath,
    'no-symlinks': resolveFlags.beneath | resolveFlags.noSymlinks,
  }
  const how = new BigUint64Array([BigInt(flags | closeOnExec), 0n, BigInt(rules[resolve] | resolveFlags.noMagicLinks)])
  for (;;) {
    const opened = openat2(openat2Number, folder, cName(path), new Uint8Array(how.buffer), how.byteLength)
    if (opened !== -1) return opened
    const errno = lastErrno()
    // A rename elsewhere on the system makes the kernel give up on `..`; it says to try again (openat2(2)).
    if (errnoName(errno) !== 'EAGAIN') failSystemCall('openat2', errno, fromByteString(path))
  }
}

/** Names in an open folder, sorted by their bytes. */
export function listNames(folder: number): string[] {
  return readdirSync(`/proc/self/fd/${folder}`, { encoding: 'latin1' }).sort()
}
