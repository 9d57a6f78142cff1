import { declareFunction, lastErrno } from './binding.ts'
import { errnoName, errnoOf, failSystemCall } from './syscall.ts'

const lseek = declareFunction<(descriptor: number, offset: number, whence: number) => number>(
  'int64_t lseek(int descriptor, int64_t offset, int whence)',
)
const [seekData, seekHole] = [3, 4]

/**
 * Where an open file has data, in order; between and behind are holes (lseek(2)). A file system that knows no holes
 * tells one range. Moves the position of the descriptor.
 */
export function* dataRanges(descriptor: number): Generator<{ readonly offset: number; readonly length: number }, void> {
  for (let at = 0; ;) {
    const offset = seek(descriptor, at, seekData)
    const end = offset === undefined ? undefined : seek(descriptor, offset, seekHole)
    if (offset === undefined || end === undefined) return
    yield { offset, length: end - offset }
    at = end
  }
}

/** Undefined when there is nothing more of it. */
function seek(descriptor: number, offset: number, whence: number): number | undefined {
  const found = lseek(descriptor, offset, whence)
  if (found !== -1) return Number(found)
  const errno = lastErrno()
  if (errnoName(errno) === 'ENXIO') return undefined
  failSystemCall('lseek', errno, `descriptor ${descriptor}`)
}

/** Errors of a file system that cannot share the contents of files (ioctl_ficlone(2)), and of a kernel that lacks the call. */
const sharingErrors = new Set(['EOPNOTSUPP', 'ENOTSUP', 'ENOSYS', 'ENOTTY', 'EXDEV', 'EINVAL'])

/** True when a file cannot be copied by sharing its contents, and its bytes have to be copied. */
export function cannotShare(error: unknown): boolean {
  return sharingErrors.has(errnoOf(error) ?? '')
}
