import { declareFunction } from './binding.ts'
import { cName, fromByteString } from './files-name.ts'
import { checked } from './syscall.ts'

const fchownat = declareFunction<(folder: number, name: Uint8Array, uid: number, gid: number, flags: number) => number>(
  'int fchownat(int folder, const void *name, uint32_t uid, uint32_t gid, int flags)',
)
const fchmodat = declareFunction<(folder: number, name: Uint8Array, mode: number, flags: number) => number>(
  'int fchmodat(int folder, const void *name, uint32_t mode, int flags)',
)
const utimensat = declareFunction<(folder: number, name: Uint8Array, times: Uint8Array, flags: number) => number>(
  'int utimensat(int folder, const void *name, const void *times, int flags)',
)
const syncfs = declareFunction<(descriptor: number) => number>('int syncfs(int descriptor)')

const noFollow = 0x100

/** Sets the owner of a name, of a symbolic link itself. The kernel clears setuid and capabilities with it. */
export function chownAt(folder: number, name: string, uid: number, gid: number): void {
  checked(fchownat(folder, cName(name), uid, gid, noFollow), 'fchownat', fromByteString(name))
}

/**
 * Sets permissions. It follows a symbolic link, because older kernels know no other way: only for names that
 * cannot be one.
 */
export function chmodAt(folder: number, name: string, mode: number): void {
  checked(fchmodat(folder, cName(name), mode, 0), 'fchmodat', fromByteString(name))
}

const times = new BigInt64Array(4)
const timeBytes = new Uint8Array(times.buffer)
const second = 1_000_000_000n

/** Sets the times of a name, of a symbolic link itself: nanoseconds since 1970. Disks clamp what they cannot store. */
export function setTimesAt(folder: number, name: string, accessedAt: bigint, modifiedAt: bigint): void {
  const bytes = putTimes(accessedAt, modifiedAt)
  checked(utimensat(folder, cName(name), bytes, noFollow), 'utimensat', fromByteString(name))
}

/** Two timespecs of the C library, valid until the next call. */
export function putTimes(accessedAt: bigint, modifiedAt: bigint): Uint8Array {
  putTime(0, accessedAt)
  putTime(2, modifiedAt)
  return timeBytes
}

function putTime(at: number, time: bigint): void {
  const nanoseconds = ((time % second) + second) % second
  times[at] = (time - nanoseconds) / second
  times[at + 1] = nanoseconds
}

/** Writes everything of the file system that a descriptor is on to its disk. Blocks; for worker threads. */
export function syncFileSystem(descriptor: number): void {
  checked(syncfs(descriptor), 'syncfs', `descriptor ${descriptor}`)
}
