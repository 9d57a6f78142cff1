import { declareFunction, lastErrno } from './binding.ts'
import { checked, errnoName, failSystemCall } from './syscall.ts'

const spliceCall = declareFunction<
  (from: number, fromOffset: null, to: number, toOffset: BigInt64Array | null, length: number, flags: number) => number
>('long splice(int from, void *fromOffset, int to, void *toOffset, size_t length, unsigned int flags)')
const fallocate = declareFunction<(descriptor: number, mode: number, offset: number, length: number) => number>(
  'int fallocate(int descriptor, int mode, int64_t offset, int64_t length)',
)
const fcntl = declareFunction<(descriptor: number, command: number, value: number) => number>(
  'int fcntl(int descriptor, int command, int value)',
)

const move = 1
const nonBlocking = 2

/**
 * Moves up to `length` bytes between two descriptors, of which one is a pipe, without copying them through
 * this process. Answers how many, `again` when there are none now (or no room), `end` at the end of input.
 */
export function splice(request: {
  from: number
  to: number
  /** Position in `to`; absent: its own position. */
  toOffset?: number
  length: number
}): number | 'again' | 'end' {
  const offset = request.toOffset === undefined ? null : new BigInt64Array([BigInt(request.toOffset)])
  for (;;) {
    const moved = spliceCall(request.from, null, request.to, offset, request.length, move | nonBlocking)
    if (moved > 0) return moved
    if (moved === 0) return 'end'
    const errno = lastErrno()
    const name = errnoName(errno)
    if (name === 'EAGAIN') return 'again'
    if (name !== 'EINTR') failSystemCall('splice', errno, `descriptor ${request.from} to ${request.to}`)
  }
}

/** Gives a range of a file back to the disk and keeps its size. False when the file system cannot. */
export function punchHole(descriptor: number, offset: number, length: number): boolean {
  const [keepSize, hole] = [1, 2]
  if (fallocate(descriptor, keepSize | hole, offset, length) === 0) return true
  const errno = lastErrno()
  if (errnoName(errno) === 'EOPNOTSUPP') return false
  failSystemCall('fallocate', errno, `descriptor ${descriptor}`)
}

/** Sets the capacity of a pipe and answers what it is now; beyond the user's limit it stays as it was. */
export function setPipeSize(descriptor: number, bytes: number): number {
  const [setSize, getSize] = [1031, 1032]
  const size = fcntl(descriptor, setSize, bytes)
  if (size !== -1) return size
  const errno = lastErrno()
  if (errnoName(errno) !== 'EPERM' && errnoName(errno) !== 'EBUSY') {
    failSystemCall('fcntl(F_SETPIPE_SZ)', errno, `descriptor ${descriptor}`)
  }
  return checked(fcntl(descriptor, getSize, 0), 'fcntl(F_GETPIPE_SZ)', `descriptor ${descriptor}`)
}
