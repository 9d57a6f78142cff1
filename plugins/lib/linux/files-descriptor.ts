import { declareFunction } from './binding.ts'
import { putTimes } from './files-attributes.ts'
import { cName } from './files-name.ts'
import { checked } from './syscall.ts'

const fchownat = declareFunction<(file: number, name: Uint8Array, uid: number, gid: number, flags: number) => number>(
  'int fchownat(int folder, const void *name, uint32_t uid, uint32_t gid, int flags)',
)
const chmod = declareFunction<(path: Uint8Array, mode: number) => number>('int chmod(const void *path, uint32_t mode)')
const utimensat = declareFunction<(folder: number, name: Uint8Array, times: Uint8Array, flags: number) => number>(
  'int utimensat(int folder, const void *name, const void *times, int flags)',
)
const setxattr = declareFunction<
  (path: Uint8Array, name: Uint8Array, value: Uint8Array, size: number, flags: number) => number
>('int setxattr(const void *path, const void *name, const void *value, size_t size, int flags)')

const emptyPath = 0x1000
const currentFolder = -100

/**
 * These change the file that a descriptor stands for, whatever its name leads to by now: for folders that others are
 * changing. A descriptor opened with O_PATH does.
 */
function pathOf(descriptor: number): Uint8Array {
  return cName(`/proc/self/fd/${descriptor}`)
}

/** Sets the owner; of a symbolic link, too. The kernel clears setuid and capabilities with it. */
export function chownDescriptor(descriptor: number, uid: number, gid: number): void {
  checked(fchownat(descriptor, cName(''), uid, gid, emptyPath), 'fchownat', `descriptor ${descriptor}`)
}

/** Sets the permissions of anything but a symbolic link, which has none. */
export function chmodDescriptor(descriptor: number, mode: number): void {
  checked(chmod(pathOf(descriptor), mode), 'chmod', `descriptor ${descriptor}`)
}

/** Sets the times of anything but a symbolic link: nanoseconds since 1970. */
export function setTimesDescriptor(descriptor: number, accessedAt: bigint, modifiedAt: bigint): void {
  const times = putTimes(accessedAt, modifiedAt)
  checked(utimensat(currentFolder, pathOf(descriptor), times, 0), 'utimensat', `descriptor ${descriptor}`)
}

/** Sets an extended attribute of anything but a symbolic link. EOPNOTSUPP or EPERM when the file cannot carry it. */
export function setXattrDescriptor(descriptor: number, attribute: string, value: Uint8Array): void {
  const name = cName(attribute, 1)
  checked(
    setxattr(pathOf(descriptor), name, value, value.length, 0),
    'setxattr',
    `${attribute} of descriptor ${descriptor}`,
  )
}
