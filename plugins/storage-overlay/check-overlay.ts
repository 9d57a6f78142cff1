import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { codedError } from '@moby/contracts'
import { makeNodeAt, mount, mountOf, openFlags, setXattrAt, unmount } from '@moby/lib-linux'

/**
 * Mounts an overlay in the folder and marks something in it as deleted. Fails with HOST_LACKS, naming the file
 * system, when that does not work here.
 */
export function checkOverlay(folder: string): void {
  if (/[:,\\]/.test(folder)) {
    throw codedError('HOST_LACKS', `overlayfs cannot use the path ${folder}: it has a colon, comma or backslash`, {
      hint: 'Choose another data root.',
    })
  }
  const check = join(folder, 'check')
  const [lower, upper, work, merged] = ['lower', 'upper', 'work', 'merged'].map((name) => join(check, name)) as [
    string,
    string,
    string,
    string,
  ]
  rmSync(check, { recursive: true, force: true })
  for (const path of [lower, upper, work, merged]) mkdirSync(path, { recursive: true, mode: 0o700 })
  try {
    mountVolatile(merged, `lowerdir=${lower},upperdir=${upper},workdir=${work},index=off`)
    unmount(merged, { detach: true })
    const descriptor = openSync(upper, openFlags.O_RDONLY | openFlags.O_DIRECTORY)
    try {
      makeNodeAt(descriptor, 'whiteout', { type: 'character', mode: 0 })
      setXattrAt(descriptor, '.', 'trusted.overlay.opaque', Buffer.from('y'))
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw codedError('HOST_LACKS', `overlayfs does not work on ${mountOf(folder).type} in ${folder}: ${reason}`, {
      hint: 'Put the data root on ext4, xfs or btrfs, or use moby/storage-copy in place of moby/storage-overlay.',
      cause: error,
    })
  } finally {
    rmSync(check, { recursive: true, force: true })
  }
}

/**
 * The unmount of any other overlay writes out all that waits in the file system below: many megabytes, where containers
 * write or images have come. Kernels before 5.10 know none that is volatile.
 */
function mountVolatile(target: string, data: string): void {
  const overlay = { source: 'overlay', target, type: 'overlay' }
  try {
    mount({ ...overlay, data: `${data},volatile` })
  } catch {
    mount({ ...overlay, data })
  }
}
