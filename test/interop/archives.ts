import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { execa } from 'execa'
import { makeBusyboxImage } from '../../core/setup/busybox-image.ts'
import { EngineProcess } from '../e2e/engine-process.ts'
import { listTree } from '../e2e/tree-listing.ts'
import { DockerdPeer } from '../peers/dockerd.ts'
import { ImageTools } from '../peers/image-tools.ts'
import { Cells } from './cells.ts'

// Images that are committed by one party and go as archives to the others: same ids, same trees.

/** Everything that a layer can say, but for attributes that dockerd does not export. */
const script = [
  'mkdir -p /data/deep/er; echo one > /data/f; ln /data/f /data/hard; ln -s f /data/sym; mkfifo /data/pipe',
  'mknod /data/null c 1 3; mknod /data/disk b 7 9; truncate -s 3M /data/sparse; echo end >> /data/sparse',
  'chmod 4755 /data/f; chown 12:34 /data/deep; chmod 1777 /data/deep; touch -d "2001-02-03 04:05:06" /data/deep/er',
  'rm /bin/yes; rm -rf /home; mkdir /home; echo new > /home/new; rm -rf /sbin; echo file > /sbin',
  `mkdir -p "/data/$(printf '%0120d' 7)/$(printf '%0120d' 8)"; echo ä > "/data/ünïcode"`,
].join('; ')

interface Side {
  readonly name: string
  docker(...args: string[]): Promise<string>
}

const cells = new Cells()

const tools = await ImageTools.start()
const engine = await EngineProcess.start()
const peer = await DockerdPeer.start()
try {
  const sides = [side('moby', engine.environment()), side('dockerd', peer.environment())] as const
  const [moby, dockerd] = sides
  const { archive: busybox } = await makeBusyboxImage({ reference: 'busybox:latest' })
  for (const { name } of sides) {
    const environment = name === 'moby' ? engine.environment() : peer.environment()
    await execa('docker', ['load', '-q'], { env: environment, input: busybox })
  }
  const trees = new Map<string, string[]>()
  for (const [from, to] of [
    [moby, dockerd],
    [dockerd, moby],
  ] as const) {
    const image = `by-${from.name}:1`
    const file = join(tools.folder, `${from.name}.tar`)
    await cells.run(`${from.name} commits, and its image has the tree of the container`, async () => {
      await from.docker('run', '--name', 'source', '--network', 'none', 'busybox', 'sh', '-ec', script)
      await from.docker('commit', 'source', image)
      const tree = await treeOf(from, image)
      same('the tree', await containerTree(from, 'source'), tree)
      trees.set(image, tree)
      await from.docker('save', '-o', file, image)
    })
    await cells.run(`${to.name} loads what ${from.name} saved: same id, same tree`, async () => {
      await to.docker('load', '-q', '-i', file)
      same('the id', await idOf(from, image), await idOf(to, image))
      same('the tree', trees.get(image), await treeOf(to, image))
    })
  }
  const ours = join(tools.folder, 'moby.tar')
  const id = await idOf(moby, 'by-moby:1')
  await moby.docker('rmi', '-f', 'by-moby:1')
  for (const form of ['docker-archive', 'oci-archive']) {
    const back = async (file: string) => {
      const said = await moby.docker('load', '-i', file)
      const name = /Loaded image(?: ID)?: (\S+)/.exec(said)?.[1] ?? ''
      same('the tree', trees.get('by-moby:1'), await treeOf(moby, name))
      const loaded = await idOf(moby, name)
      await moby.docker('rmi', '-f', loaded)
      return loaded
    }
    await cells.run(`skopeo reads it as ${form}, and moby what skopeo makes of it`, async () => {
      const copied = join(tools.folder, `skopeo-${form}.tar`)
      await tools.skopeo(['copy', '-q', `${form}:${ours}`, `${form}:${copied}:test.example/copied:1`])
      same('the id', id, await back(copied))
    })
    await cells.run(`buildah pulls it as ${form}`, async () => {
      same('the id', id, `sha256:${(await tools.buildah(['pull', '-q', `${form}:${ours}`])).trim()}`)
    })
    await cells.run(`podman loads it, and moby what podman saves as ${form}`, async () => {
      await tools.podman(['load', '-q', '-i', ours])
      const saved = join(tools.folder, `podman-${form}.tar`)
      await tools.podman(['save', '-q', '--format', form, '-o', saved, 'by-moby:1'])
      same('the id', id, await back(saved))
    })
  }
  await cells.run('dockerd, podman, skopeo and buildah read an archive with compressed layers', async () => {
    const packed = join(tools.folder, 'packed.tar')
    await tools.skopeo(['copy', '-q', `docker-archive:${ours}`, `oci-archive:${packed}:test.example/packed:1`])
    await moby.docker('load', '-q', '-i', packed)
    const saved = join(tools.folder, 'packed-by-moby.tar')
    await moby.docker('save', '-o', saved, 'test.example/packed:1')
    const packedId = await idOf(moby, 'test.example/packed:1')
    await dockerd.docker('load', '-q', '-i', saved)
    same('the id in dockerd', packedId, await idOf(dockerd, 'test.example/packed:1'))
    same('the tree in dockerd', trees.get('by-moby:1'), await treeOf(dockerd, 'test.example/packed:1'))
    await tools.podman(['load', '-q', '-i', saved])
    for (const form of ['docker-archive', 'oci-archive']) {
      same('the id in buildah', packedId, `sha256:${(await tools.buildah(['pull', '-q', `${form}:${saved}`])).trim()}`)
      await tools.skopeo(['copy', '-q', `${form}:${saved}`, `dir:${join(tools.folder, `dir-${form}`)}`])
    }
  })
} finally {
  await peer.stop()
  const left = await engine.destroy()
  await tools.remove()
  await cells.run('the engine leaves no mount', async () => same('what is mounted', [], left.mounts))
}
cells.finish()

function side(name: string, environment: Readonly<Record<string, string>>): Side {
  return {
    name,
    docker: async (...args) => (await execa('docker', args, { env: { ...environment }, timeout: 120_000 })).stdout,
  }
}

async function idOf(of: Side, image: string): Promise<string> {
  return await of.docker('image', 'inspect', '--format', '{{.Id}}', image)
}

async function treeOf(of: Side, image: string): Promise<string[]> {
  const container = await of.docker('create', '--network', 'none', image, 'true')
  try {
    return await containerTree(of, container)
  } finally {
    await of.docker('rm', '-f', container)
  }
}

/** dockerd exports times in whole seconds. */
async function containerTree(of: Side, container: string): Promise<string[]> {
  const file = join(tools.folder, `${of.name}-export.tar`)
  await of.docker('export', '-o', file, container)
  return await listTree(createReadStream(file), { exactTimes: false })
}

function same(what: string, expected: unknown, actual: unknown): void {
  if (isDeepStrictEqual(expected, actual)) return
  const [left, right] = [expected, actual].map((each) => (Array.isArray(each) ? each : [each]) as unknown[])
  const gone = left?.filter((line) => right?.includes(line) !== true).map((line) => `- ${String(line)}`) ?? []
  const come = right?.filter((line) => left?.includes(line) !== true).map((line) => `+ ${String(line)}`) ?? []
  throw new Error(`${what} differs:\n        ${[...gone, ...come].slice(0, 12).join('\n        ')}`)
}
