import { errnoOf, fromByteString } from '@moby/lib-linux/files'
import { codedError } from '@moby/contracts/errors'
import { entryError } from '../format/archive-error.ts'
import type { TarEntry } from '../format/entry.ts'

/** Why an entry could not be written, by the errno. */
const reasons: Readonly<Record<string, string>> = {
  EROFS: 'lies on something that is mounted read-only',
  EBUSY: 'is in use as a mount point',
  EACCES: 'may not be written there',
  ENOTDIR: 'lies in something that is no folder',
  EEXIST: 'lies behind something that is no folder, or was put there by somebody while it was unpacked',
  ELOOP: 'lies behind too many symbolic links, or was replaced by one while it was unpacked',
  ENOENT: 'was removed by somebody while it was unpacked',
  EXDEV: 'is a hard link to a file on another file system',
  EMLINK: 'is one hard link too many',
  EFBIG: 'is larger than the file system can hold',
  ENAMETOOLONG: 'has a name that is too long',
}

/** Explains the failure of a system call by the entry that it was for. Errors: ARCHIVE_INVALID, STORAGE_FULL, HOST_LACKS. */
export function explainWrite(entry: TarEntry, work: () => void): void {
  try {
    work()
  } catch (error) {
    const errno = errnoOf(error)
    const name = JSON.stringify(fromByteString(entry.name.slice(0, 200)))
    if (errno === 'ENOSPC' || errno === 'EDQUOT') {
      const hint = 'Make room on the disk that the container or its volume is on.'
      throw codedError('STORAGE_FULL', `no space left on device for ${name}`, { cause: error, hint })
    }
    const isNode = entry.type === 'character' || entry.type === 'block'
    if (errno === 'EPERM' && isNode) {
      const hint = 'Run the engine as root with CAP_MKNOD, on a file system that keeps device nodes.'
      throw codedError('HOST_LACKS', `The device node ${name} cannot be made: operation not permitted`, {
        cause: error,
        hint,
      })
    }
    const reason = errno === undefined ? undefined : reasons[errno]
    if (reason !== undefined) throw entryError('ARCHIVE_INVALID', entry.name, `${reason} (${errno})`)
    throw error
  }
}
