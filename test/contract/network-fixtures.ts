import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { NetworkFixtures, Sandbox } from '@moby/contracts/conformance'
import { createNetworkNamespace, deleteNetworkNamespace, RouteSocket } from '@moby/lib-linux'
import { hostLinks } from '../../core/conform/needs/host-links.ts'
import type { Fixtures } from './subject.ts'

/** Links of other tests, which drivers stand on: they are tried beside those that are held to leave none. */
const parents = /^(?:kit|e2e)[0-9a-f]{8}p?$/

/** Network namespaces and the view of the host for the cases of `network.driver`. */
export async function networkFixtures(root: string): Promise<Fixtures> {
  const open = new Set<Sandbox>()
  let count = 0
  const given: NetworkFixtures = {
    // Of the component alone, or of the kernel that it runs under.
    hostLinks: async () => (await hostLinks([root, join(root, 'kernel')])).filter((name) => !parents.test(name)),
    sandbox: async () => {
      const key = join(root, `ns${count++}`)
      createNetworkNamespace(key)
      const sandbox: Sandbox = {
        key,
        links: async () => linksIn(key),
        close: async () => {
          if (open.delete(sandbox)) deleteNetworkNamespace(key)
        },
      }
      open.add(sandbox)
      return sandbox
    },
  }
  return {
    given: { ...given },
    close: async () => {
      for (const sandbox of open) await sandbox.close()
    },
  }
}

/** The same beside a link of the host that networks of the driver stand on. */
export async function fixturesWithParent(root: string): Promise<Fixtures> {
  const parent = `kit${randomBytes(4).toString('hex')}`
  const host = RouteSocket.open()
  const index = host.createVeth(parent, `${parent}p`, { up: true })
  const { given, close } = await networkFixtures(root)
  return {
    given: { ...given, networkOptions: { parent } },
    close: async () => {
      await close()
      host.removeLink(index)
      host.close()
    },
  }
}

/** Whether the kernel of this host has links of a kind. */
export function hostHasLinks(kind: 'macvlan' | 'ipvlan'): boolean {
  const host = RouteSocket.open()
  try {
    return host.hasKind(kind)
  } finally {
    host.close()
  }
}

function linksIn(key: string): string[] {
  const socket = RouteSocket.open(key)
  try {
    return socket.links().map(({ name }) => name)
  } finally {
    socket.close()
  }
}
