import type { Mount } from '@moby/contracts'
import { declareFunction, lastErrno } from './binding.ts'
import { mountFileSystem } from './file-system-mount.ts'
import { mountFlags, parseMountOptions } from './mount-flags.ts'
import { readMounts } from './mount-table.ts'
import { checked, errnoName, failSystemCall } from './syscall.ts'

const mountCall = declareFunction<
  (source: string | null, target: string, type: string | null, flags: number, data: string | null) => number
>('int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)')
const unmountCall = declareFunction<(target: string, flags: number) => number>(
  'int umount2(const char *target, int flags)',
)
const setAttributesCall = declareFunction<
  (call: number, folder: number, path: string, flags: number, attributes: Uint8Array, size: number) => number
>('long syscall(long call, long folder, const char *path, long flags, const void *attributes, size_t size)')

const mountSetAttr = 442
const currentFolder = -100
const recursiveFlag = 0x8000
const detachFlag = 2
const noFollowFlag = 8
/** What mount(2) reads of its data: one page with the final zero (4 KiB pages are the smallest). */
const dataLimit = 4095

/** One call of mount(2). `flags` are those of `mountFlags`, joined by `|`. */
export function mount(request: { source: string; target: string; type?: string; flags?: number; data?: string }): void {
  const { source, target, type = null, flags = 0, data = null } = request
  checked(mountCall(source, target, type, flags, data), 'mount', `${source} on ${target}`)
}

/** Performs mounts of the storage contracts, in order, all on one target. Undoes them when one fails. */
export function mountAll(mounts: readonly Mount[], target: string): void {
  let done = 0
  try {
    for (const entry of mounts) {
      mountOne(entry, target)
      done++
    }
  } catch (error) {
    while (done-- > 0) unmount(target, { detach: true })
    throw error
  }
}

function mountOne(entry: Mount, target: string): void {
  const { flags, propagation, data } = parseMountOptions(entry.options)
  if (entry.type === 'bind' || flags & mountFlags.bind) {
    mount({ source: entry.source, target, flags: mountFlags.bind | (flags & mountFlags.rec) })
    const attributes = flags & ~(mountFlags.bind | mountFlags.rec)
    if (attributes !== 0) {
      undoOnFailure(target, () => setMountAttributes(target, attributes, (flags & mountFlags.rec) !== 0))
    }
  } else {
    const joined = data.join(',')
    if (Buffer.byteLength(joined) < dataLimit)
      mount({ source: entry.source, target, type: entry.type, flags, data: joined })
    else mountFileSystem({ source: entry.source, target, type: entry.type, flags, options: data })
  }
  for (const change of propagation) undoOnFailure(target, () => mount({ source: 'none', target, flags: change }))
}

function undoOnFailure(target: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    unmount(target, { detach: true })
    throw error
  }
}

/** Adds attributes (read-only, nosuid, nodev, noexec, noatime, ...) to a mount and keeps those that it has. */
export function setMountAttributes(target: string, flags: number, recursive = false): void {
  let set = 0n
  let clear = 0n
  if (flags & mountFlags.rdonly) set |= 0x1n
  if (flags & mountFlags.nosuid) set |= 0x2n
  if (flags & mountFlags.nodev) set |= 0x4n
  if (flags & mountFlags.noexec) set |= 0x8n
  if (flags & mountFlags.nodiratime) set |= 0x80n
  if (flags & mountFlags.nosymfollow) set |= 0x20_0000n
  if (flags & (mountFlags.noatime | mountFlags.strictatime | mountFlags.relatime)) {
    // The access time modes are one field of the mask 0x70, where relatime is zero.
    clear |= 0x70n
    if (flags & mountFlags.noatime) set |= 0x10n
    else if (flags & mountFlags.strictatime) set |= 0x20n
  }
  const attributes = new BigUint64Array([set, clear, 0n, 0n])
  checked(
    setAttributesCall(
      mountSetAttr,
      currentFolder,
      target,
      recursive ? recursiveFlag : 0,
      new Uint8Array(attributes.buffer),
      attributes.byteLength,
    ),
    'mount_setattr',
    target,
  )
}

/** Makes `source` visible at `target` too; `recursive` with all mounts below it. */
export function bindMount(
  source: string,
  target: string,
  options: { readOnly?: boolean; recursive?: boolean } = {},
): void {
  const recursive = options.recursive ?? false
  mount({ source, target, flags: mountFlags.bind | (recursive ? mountFlags.rec : 0) })
  if (options.readOnly) undoOnFailure(target, () => setMountAttributes(target, mountFlags.rdonly, recursive))
}

/**
 * Unmounts the topmost mount at `target`, without following a symbolic link. `detach`: at once, also when
 * it is busy. `ifMounted`: nothing mounted there, or no such path, is success.
 */
export function unmount(target: string, options: { detach?: boolean; ifMounted?: boolean } = {}): void {
  if (unmountCall(target, noFollowFlag | (options.detach ? detachFlag : 0)) === 0) return
  const errno = lastErrno()
  const name = errnoName(errno)
  if (options.ifMounted && (name === 'EINVAL' || name === 'ENOENT')) return
  failSystemCall('umount2', errno, target)
}

/** Mount points at or below a path (its real path), deepest first: the order in which they can be unmounted. */
export function mountsBelow(path: string): string[] {
  const isBelow = (point: string) => point === path || path === '/' || point.startsWith(`${path}/`)
  const found = readMounts()
    .map((mount) => mount.path)
    .filter(isBelow)
  // Later lines of one depth were mounted later, so reversing puts the topmost first.
  return found.toReversed().sort((a, b) => b.split('/').length - a.split('/').length)
}

/** Keeps mounts below a path from spreading to other mount namespaces and back. The path becomes a mount point. */
export function makePrivate(path: string): void {
  setPropagation(path, mountFlags.private)
}

/** Lets mounts below a path spread to the mount namespaces made from here. The path becomes a mount point. */
export function makeShared(path: string): void {
  setPropagation(path, mountFlags.shared)
}

function setPropagation(path: string, flag: number): void {
  if (!mountsBelow(path).includes(path)) bindMount(path, path)
  mount({ source: 'none', target: path, flags: flag })
}
