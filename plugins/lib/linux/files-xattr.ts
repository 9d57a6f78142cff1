import { declareFunction, lastErrno } from './binding.ts'
import { cName, fromByteString } from './files-name.ts'
import { checked, errnoName, failSystemCall } from './syscall.ts'

const lgetxattr = declareFunction<(path: Uint8Array, name: Uint8Array, value: Uint8Array, size: number) => number>(
  'long lgetxattr(const void *path, const void *name, void *value, size_t size)',
)
const lsetxattr = declareFunction<
  (path: Uint8Array, name: Uint8Array, value: Uint8Array, size: number, flags: number) => number
>('int lsetxattr(const void *path, const void *name, const void *value, size_t size, int flags)')
const llistxattr = declareFunction<(path: Uint8Array, list: Uint8Array, size: number) => number>(
  'long llistxattr(const void *path, void *list, size_t size)',
)
const lremovexattr = declareFunction<(path: Uint8Array, name: Uint8Array) => number>(
  'int lremovexattr(const void *path, const void *name)',
)

/** What the kernel allows for one value and for one list of names (<linux/limits.h>). */
const buffer = Buffer.alloc(65_536)

/**
 * A path that leads to `name` in the open folder and nowhere else: the descriptor stands for the folder, and
 * the calls here do not follow the last name. An empty name is the folder itself.
 */
function pathOf(folder: number, name: string): string {
  return name === '' ? `/proc/self/fd/${folder}/.` : `/proc/self/fd/${folder}/${name}`
}

/** The value of an extended attribute, undefined when the file has none of that name. */
export function getXattrAt(folder: number, name: string, attribute: string): Uint8Array | undefined {
  const size = lgetxattr(cName(pathOf(folder, name)), cName(attribute, 1), buffer, buffer.length)
  if (size >= 0) return Uint8Array.from(buffer.subarray(0, size))
  const errno = lastErrno()
  if (['ENODATA', 'EOPNOTSUPP'].includes(errnoName(errno))) return undefined
  failSystemCall('lgetxattr', errno, `${attribute} of ${fromByteString(name)}`)
}

/** Sets an extended attribute, of a symbolic link itself. EOPNOTSUPP or EPERM when the file cannot carry it. */
export function setXattrAt(folder: number, name: string, attribute: string, value: Uint8Array): void {
  const path = cName(pathOf(folder, name))
  checked(
    lsetxattr(path, cName(attribute, 1), value, value.length, 0),
    'lsetxattr',
    `${attribute} of ${fromByteString(name)}`,
  )
}

/** Names of the extended attributes, sorted; none where the file system knows none. */
export function listXattrsAt(folder: number, name: string): string[] {
  const size = llistxattr(cName(pathOf(folder, name)), buffer, buffer.length)
  if (size > 0)
    return buffer
      .toString('latin1', 0, size - 1)
      .split('\0')
      .sort()
  if (size === 0) return []
  const errno = lastErrno()
  if (errnoName(errno) === 'EOPNOTSUPP') return []
  failSystemCall('llistxattr', errno, fromByteString(name))
}

/** Removes an extended attribute; a missing one is success. */
export function removeXattrAt(folder: number, name: string, attribute: string): void {
  if (lremovexattr(cName(pathOf(folder, name)), cName(attribute, 1)) === 0) return
  const errno = lastErrno()
  if (errnoName(errno) !== 'ENODATA') failSystemCall('lremovexattr', errno, `${attribute} of ${fromByteString(name)}`)
}
