import { mkdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import type { LayerFixtures, Mounted } from '@moby/contracts/conformance'
import { execa } from 'execa'
import type { Fixtures } from './fixtures.ts'

/** Mounts trees below a folder, as an engine does; only root can. */
export async function layerFixtures(root: string): Promise<Fixtures> {
  if (process.getuid?.() !== 0) return { given: {}, close: async () => undefined }
  const open = new Set<Mounted>()
  let count = 0
  const mount: LayerFixtures['mount'] = async (mounts) => {
    const path = join(root, `m${count++}`)
    await mkdir(path)
    let done = 0
    const close = async (): Promise<void> => {
      if (!open.delete(mounted)) return
      for (; done > 0; done--) await execa('umount', ['--', path])
      await rmdir(path)
    }
    const mounted: Mounted = { path, close }
    open.add(mounted)
    try {
      for (const { type, source, options } of mounts) {
        const kind = type === 'bind' ? [] : ['-t', type]
        const flags = type === 'bind' ? ['bind', ...options.filter((each) => !/^r?bind$/.test(each))] : options
        await execa('mount', [...kind, ...(flags.length === 0 ? [] : ['-o', flags.join(',')]), '--', source, path])
        done += 1
      }
    } catch (error) {
      await close()
      throw error
    }
    return mounted
  }
  return {
    given: { mount },
    close: async () => {
      for (const mounted of open) await mounted.close()
    },
  }
}
