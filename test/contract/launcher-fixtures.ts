import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { LauncherFixtures } from '@moby/contracts/conformance'
import type { Fixtures } from './subject.ts'

/** A folder for images, and a device that containers do not have. */
export async function launcherFixtures(root: string): Promise<Fixtures> {
  const given: LauncherFixtures = {
    busybox: ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path)) ?? '/bin/busybox',
    folder: join(root, 'l'),
    device: ['/dev/fuse', '/dev/net/tun', '/dev/loop-control'].find((path) => existsSync(path)) ?? '/dev/fuse',
  }
  await mkdir(given.folder)
  return { given: { ...given }, close: async () => undefined }
}
