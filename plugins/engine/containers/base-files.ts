import { lstatSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Paths in a container that the engine and not the user made, besides those that it mounts. */
export const baseFiles = ['/.dockerenv', '/etc/mtab'] as const

/** Files that the engine mounts into every container. */
export const mountedFiles = ['/etc/resolv.conf', '/etc/hosts', '/etc/hostname'] as const

/** Files that the engine makes, and mount points that the runtime makes for those that the engine mounts over them. */
export const ownPaths: readonly string[] = [...mountedFiles, ...baseFiles]

/** Mount points in every container, which the runtime makes in a root without them. */
export const systemFolders: readonly string[] = ['/dev', '/proc', '/sys']

/**
 * Puts into a new root what programs expect in a container of Docker: `/.dockerenv`, by which they know that they are
 * in one, and `/etc/mtab`. Follows no link of the image, and leaves alone what the image has.
 */
export function writeBaseFiles(rootfs: string): void {
  unlessThere(() => writeFileSync(join(rootfs, '.dockerenv'), '', { flag: 'wx', mode: 0o755 }))
  const isFolder = lstatSync(join(rootfs, 'etc'), { throwIfNoEntry: false })?.isDirectory() === true
  if (isFolder) unlessThere(() => symlinkSync('/proc/mounts', join(rootfs, 'etc/mtab')))
}

function unlessThere(work: () => void): void {
  try {
    work()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
