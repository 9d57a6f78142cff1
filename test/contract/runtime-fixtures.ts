import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { RuntimeFixtures } from '@moby/contracts/conformance'
import type { Fixtures } from './subject.ts'

/** Bundles in the folder of the test, and a cgroup of its own that is gone afterwards. */
export async function runtimeFixtures(root: string): Promise<Fixtures> {
  const given: RuntimeFixtures = {
    busybox: ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path)) ?? '/bin/busybox',
    folder: join(root, 'b'),
    cgroupParent: `/moby-${basename(root)}`,
  }
  await mkdir(given.folder)
  return {
    given: { ...given },
    close: async () => {
      for (const hierarchy of await cgroupHierarchies()) await removeCgroup(join(hierarchy, given.cgroupParent))
    },
  }
}

async function cgroupHierarchies(): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '))
  return mounts.flatMap(([, path, type]) => (type?.startsWith('cgroup') && path !== undefined ? [path] : []))
}

async function removeCgroup(path: string): Promise<void> {
  if (!existsSync(path)) return
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeCgroup(join(path, entry.name))
  }
  await rmdir(path)
}
