import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import type { NetworkFixtures, Sandbox } from '@moby/contracts/conformance'
import { execa } from 'execa'
import type { Fixtures } from './fixtures.ts'
import { hostLinks } from './host-links.ts'

/** Network namespaces below a folder, and the view of the host; only root can make namespaces. */
export async function networkFixtures(root: string): Promise<Fixtures> {
  const open = new Set<Sandbox>()
  let count = 0
  const sandbox: NetworkFixtures['sandbox'] = async () => {
    const key = join(root, `ns${count++}`)
    await writeFile(key, '')
    await execa('unshare', [`--net=${key}`, 'true'])
    const made: Sandbox = {
      key,
      links: async () => await linksIn(key),
      close: async () => {
        if (!open.delete(made)) return
        await execa('umount', ['--', key])
        await rm(key)
      },
    }
    open.add(made)
    return made
  }
  return {
    given: {
      hostLinks: async () => await hostLinks([join(root, 'data')]),
      ...(process.getuid?.() === 0 ? { sandbox } : {}),
    } satisfies NetworkFixtures,
    close: async () => {
      for (const each of open) await each.close()
    },
  }
}

async function linksIn(key: string): Promise<string[]> {
  const { stdout } = await execa('nsenter', [`--net=${key}`, 'ip', '-json', 'link'])
  return (JSON.parse(stdout) as { ifname: string }[]).map(({ ifname }) => ifname)
}
