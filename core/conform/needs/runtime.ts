import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import process from 'node:process'
import type { RuntimeFixtures } from '@moby/contracts/conformance'
import type { Fixtures } from './fixtures.ts'

const busyboxes = ['/bin/busybox', '/usr/bin/busybox']

/** A busybox of the host, a folder for bundles, and a cgroup that is gone afterwards; nothing without root. */
export async function runtimeFixtures(root: string): Promise<Fixtures> {
  const busybox = busyboxes.find((path) => existsSync(path))
  if (busybox === undefined || process.getuid?.() !== 0) return { given: {}, close: async () => undefined }
  const given: RuntimeFixtures = { busybox, folder: join(root, 'b'), cgroupParent: `/moby-conform-${basename(root)}` }
  await mkdir(given.folder)
  return {
    given: { ...given },
    close: async () => {
      for (const hierarchy of await hierarchies()) await removeCgroup(join(hierarchy, given.cgroupParent))
    },
  }
}

async function hierarchies(): Promise<string[]> {
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
