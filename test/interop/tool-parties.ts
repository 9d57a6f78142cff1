import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImageTools } from '../peers/image-tools.ts'
import type { Party, Pulled } from './party.ts'
import { listTree } from './tree-listing.ts'

/** skopeo moves the image, umoci unpacks it. */
export function skopeoParty(tools: ImageTools): Party {
  return {
    name: 'skopeo',
    async pull(reference, architecture) {
      const folder = await mkdtemp(join(tools.folder, 'skopeo-'))
      try {
        const from = `docker://${reference}`
        await tools.skopeo(['--override-arch', architecture, 'copy', '-q', from, `oci:${folder}/layout:x`])
        await tools.umoci(['unpack', '--image', `${folder}/layout:x`, `${folder}/bundle`])
        const raw = ['--override-arch', architecture, 'inspect', from]
        const { Digest, Labels } = JSON.parse(await tools.skopeo(raw)) as { Digest: string; Labels: Pulled['labels'] }
        return { digest: Digest, labels: Labels, tree: listTree(`${folder}/bundle/rootfs`) }
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
    async push(layout, name, reference) {
      await tools.skopeo(['copy', '-q', `oci:${layout}:${name}`, `docker://${reference}`])
    },
    async pushIndex(layout, reference) {
      await tools.skopeo(['copy', '-q', '--all', `oci:${layout}:index`, `docker://${reference}`])
    },
    stop: async () => undefined,
  }
}

/** buildah and podman, which share their words for images but for how an image is mounted. */
export function storageParty(tools: ImageTools, name: 'buildah' | 'podman'): Party {
  const run = (args: readonly string[]) => tools[name](args)
  const clean = async () => {
    if (name === 'buildah') await run(['rm', '--all'])
    else await run(['image', 'unmount', '--all', '--force'])
    await run(['rmi', '--all', '--force'])
  }
  return {
    name,
    async pull(reference, architecture) {
      await clean()
      const id = (await run(['pull', '-q', '--arch', architecture, reference])).trim()
      const root = name === 'podman' ? await run(['image', 'mount', id]) : await run(['mount', await run(['from', id])])
      const digest = (await run(['images', '--digests', '--no-trunc', '--format', '{{.Digest}}', reference])).trim()
      const inspect = name === 'podman' ? ['image', 'inspect', id] : ['inspect', '--type', 'image', id]
      return { digest, labels: labelsOf(await run(inspect)), tree: listTree(tools.seenFromHost(root.trim())) }
    },
    async push(layout, image, reference) {
      await clean()
      const id = (await run(['pull', '-q', `oci:${layout}:${image}`])).trim()
      await run(['push', '-q', id, `docker://${reference}`])
    },
    async pushIndex(_layout, reference) {
      await clean()
      await run(['manifest', 'create', 'both'])
      for (const architecture of ['amd64', 'arm64'])
        await run(['manifest', 'add', 'both', `docker://${reference}-${architecture}`])
      await run(['manifest', 'push', '--all', 'both', `docker://${reference}`])
    },
    stop: async () => undefined,
  }
}

function labelsOf(inspected: string): Pulled['labels'] {
  const parsed = JSON.parse(inspected) as unknown
  const image = (Array.isArray(parsed) ? parsed[0] : parsed) as {
    readonly Labels?: Pulled['labels']
    readonly OCIv1?: { readonly config: { readonly Labels: Pulled['labels'] } }
  }
  return image.OCIv1?.config.Labels ?? image.Labels ?? {}
}
