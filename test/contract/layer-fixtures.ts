import { mkdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { LayerFixtures, Mounted } from '@moby/contracts/conformance'
import { mountAll, unmount } from '@moby/lib-linux'
import type { Fixtures } from './subject.ts'

/** Mounts trees in the folder of the test, as the engine does. */
export async function layerFixtures(root: string): Promise<Fixtures> {
  const open = new Set<Mounted>()
  let count = 0
  const given: LayerFixtures = {
    mount: async (mounts) => {
      const path = join(root, `m${count++}`)
      await mkdir(path)
      mountAll([...mounts], path)
      const mounted: Mounted = {
        path,
        close: async () => {
          if (!open.delete(mounted)) return
          unmount(path)
          await rmdir(path)
        },
      }
      open.add(mounted)
      return mounted
    },
  }
  return {
    given: { ...given },
    close: async () => {
      for (const mounted of open) await mounted.close()
    },
  }
}
