import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { ImageTools } from '../peers/image-tools.ts'
import type { KeepingParty, Pulled } from './party.ts'
import { listTree } from './tree-listing.ts'

export interface Engine {
  readonly name: string
  readonly environment: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** An engine behind the docker CLI. Images come to it as archives that skopeo makes of a layout. */
export function engineParty(engine: Engine, tools: ImageTools): KeepingParty {
  const docker = async (args: readonly string[]) =>
    (await execa('docker', args, { env: { ...engine.environment }, timeout: 120_000 })).stdout
  const clean = async () => {
    const ids = new Set((await docker(['image', 'ls', '-aq', '--no-trunc'])).split('\n').filter(Boolean))
    if (ids.size > 0) await docker(['rmi', '-f', ...ids])
    await docker(['image', 'prune', '-f'])
  }
  return {
    name: engine.name,
    async pull(reference, architecture) {
      await clean()
      await docker(['pull', '-q', '--platform', `linux/${architecture}`, reference])
      const [image] = JSON.parse(await docker(['image', 'inspect', reference])) as [Inspected]
      if (image.Architecture !== architecture) throw new Error(`has ${image.Architecture} and not ${architecture}`)
      const repository = reference.replace(/(@sha256)?:[^/]*$/, '')
      const digest = image.RepoDigests.find((each) => each.startsWith(`${repository}@`))?.split('@')[1] ?? 'none'
      return { digest, labels: image.Config.Labels ?? {}, tree: await treeOf(docker, image.Id, architecture, tools) }
    },
    async push(layout, name, reference) {
      await clean()
      const archive = join(tools.folder, `${engine.name}-${name}.tar`)
      await rm(archive, { force: true })
      await tools.skopeo(['copy', '-q', `oci:${layout}:${name}`, `docker-archive:${archive}:${reference}`])
      await docker(['load', '-q', '-i', archive])
      await docker(['push', '-q', reference])
      await rm(archive)
    },
    async pushIndex(_layout, reference) {
      const parts = ['amd64', 'arm64'].map((architecture) => `${reference}-${architecture}`)
      await docker(['manifest', 'create', '--insecure', reference, ...parts])
      await docker(['manifest', 'push', '--insecure', '--purge', reference])
    },
    async copy(from, to, architectures) {
      await clean()
      for (const architecture of architectures)
        await docker(['pull', '-q', '--platform', `linux/${architecture}`, from])
      await docker(['tag', from, to])
      await docker(['push', '-q', to])
    },
    stop: () => engine.stop(),
  }
}

interface Inspected {
  readonly Id: string
  readonly Architecture: string
  readonly RepoDigests: readonly string[]
  readonly Config: { readonly Labels?: Pulled['labels'] }
}

async function treeOf(
  docker: (args: readonly string[]) => Promise<string>,
  id: string,
  architecture: string,
  tools: ImageTools,
): Promise<Pulled['tree']> {
  const folder = await mkdtemp(join(tools.folder, 'export-'))
  const container = await docker(['create', '--network', 'none', '--platform', `linux/${architecture}`, id])
  try {
    const tar = join(folder, 'x.tar')
    await docker(['export', '-o', tar, container])
    await mkdir(join(folder, 'root'))
    const words = ['-xpf', tar, '-C', join(folder, 'root'), '--numeric-owner', '--xattrs', '--xattrs-include=*']
    await execa('tar', [...words, '--wildcards', 'srv*'])
    return listTree(join(folder, 'root'))
  } finally {
    await docker(['rm', '-f', container])
    await rm(folder, { recursive: true, force: true })
  }
}
