import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImageTools } from '../peers/image-tools.ts'
import type { LayerParty } from './layer-party.ts'
import { watchChange } from './watch-change.ts'
import { readWholeTree } from './whole-tree.ts'

/** podman: `create`, `mount` and `commit` of a container that does not run. */
export function layerPodman(tools: ImageTools): LayerParty {
  const mounted = (path: string) => tools.seenFromHost(path.trim())
  return {
    name: 'podman',
    async take(archive) {
      await tools.podman(['load', '-q', '-i', archive])
    },
    async give(image, archive) {
      await tools.podman(['save', '-q', '--format', 'docker-archive', '-o', archive, image])
    },
    async commit(from, to, change) {
      const container = (await tools.podman(['create', '--network', 'none', from, 'true'])).trim()
      try {
        const root = mounted(await tools.podman(['mount', container]))
        const trees = watchChange(root, change)
        await tools.podman(['commit', '-q', '--format', 'docker', container, to])
        return trees
      } finally {
        await tools.podman(['rm', '-f', container])
      }
    },
    async treeOf(image) {
      const tree = readWholeTree(mounted(await tools.podman(['image', 'mount', image])))
      await tools.podman(['image', 'unmount', image])
      return tree
    },
    stop: async () => undefined,
  }
}

export function layerBuildah(tools: ImageTools): LayerParty {
  const inContainer = async <T>(image: string, work: (root: string, container: string) => T | Promise<T>) => {
    const container = (await tools.buildah(['from', '--pull=never', image])).trim()
    try {
      return await work(tools.seenFromHost((await tools.buildah(['mount', container])).trim()), container)
    } finally {
      await tools.buildah(['rm', container])
    }
  }
  return {
    name: 'buildah',
    async take(archive, image) {
      const id = (await tools.buildah(['pull', '-q', `docker-archive:${archive}`])).trim()
      await tools.buildah(['tag', id, image])
    },
    async give(image, archive) {
      await tools.buildah(['push', '-q', image, `docker-archive:${archive}:${image}`])
    },
    commit: (from, to, change) =>
      inContainer(from, async (root, container) => {
        const trees = watchChange(root, change)
        await tools.buildah(['commit', '-q', '--format', 'docker', container, to])
        return trees
      }),
    treeOf: (image) => inContainer(image, readWholeTree),
    stop: async () => undefined,
  }
}

/** umoci unpacks layouts and repacks them; skopeo makes layouts of archives and the reverse. */
export function layerUmoci(tools: ImageTools): LayerParty {
  const layout = join(tools.folder, 'umoci-layout')
  const tagOf = (image: string) => image.replaceAll(/[^\w.-]/g, '_')
  const unpacked = async <T>(image: string, work: (bundle: string) => T | Promise<T>) => {
    const folder = await mkdtemp(join(tools.folder, 'bundle-'))
    try {
      await tools.umoci(['unpack', '--image', `${layout}:${tagOf(image)}`, join(folder, 'b')])
      return await work(join(folder, 'b'))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  return {
    name: 'umoci',
    async take(archive, image) {
      await tools.skopeo(['copy', '-q', `docker-archive:${archive}`, `oci:${layout}:${tagOf(image)}`])
    },
    async give(image, archive) {
      await tools.skopeo(['copy', '-q', `oci:${layout}:${tagOf(image)}`, `docker-archive:${archive}:${image}`])
    },
    commit: (from, to, change) =>
      unpacked(from, async (bundle) => {
        const root = join(bundle, 'rootfs')
        const trees = watchChange(root, change)
        await tools.umoci(['repack', '--image', `${layout}:${tagOf(to)}`, bundle])
        return trees
      }),
    treeOf: (image) => unpacked(image, (bundle) => readWholeTree(join(bundle, 'rootfs'))),
    stop: async () => undefined,
  }
}
