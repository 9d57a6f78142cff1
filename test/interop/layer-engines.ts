import { execa } from 'execa'
import type { LayerParty } from './layer-party.ts'
import { watchChange } from './watch-change.ts'
import { readWholeTree } from './whole-tree.ts'

/** An engine behind the docker CLI: its trees are those that a container sees. */
export function layerEngine(
  name: string,
  environment: Readonly<Record<string, string>>,
  stop: () => Promise<void>,
): LayerParty {
  const docker = async (...args: readonly string[]) =>
    (await execa('docker', args, { env: { ...environment }, timeout: 120_000 })).stdout
  const inContainer = async <T>(image: string, work: (root: string, container: string) => T | Promise<T>) => {
    const container = await docker('run', '-d', '--network', 'none', image, 'busybox', 'sleep', '600')
    try {
      const pid = await docker('inspect', '--format', '{{.State.Pid}}', container)
      return await work(`/proc/${pid}/root`, container)
    } finally {
      await docker('rm', '-f', container)
    }
  }
  return {
    name,
    async take(archive) {
      await docker('load', '-q', '-i', archive)
    },
    async give(image, archive) {
      await docker('save', '-o', archive, image)
    },
    commit: (from, to, change) =>
      inContainer(from, async (root, container) => {
        const trees = watchChange(root, change)
        await docker('commit', container, to)
        return trees
      }),
    treeOf: (image) => inContainer(image, readWholeTree),
    stop,
  }
}
