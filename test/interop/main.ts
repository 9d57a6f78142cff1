import { join } from 'node:path'
import process from 'node:process'
import { EngineProcess } from '../e2e/engine-process.ts'
import { DockerdPeer } from '../peers/dockerd.ts'
import { ImageTools } from '../peers/image-tools.ts'
import { RegistryPeer } from '../peers/registry.ts'
import { architectures, writeFixtureLayout } from './fixture-layout.ts'
import { Cells } from './cells.ts'
import { engineParty } from './engine-party.ts'
import type { Party } from './party.ts'
import { skopeoParty, storageParty } from './tool-parties.ts'
import { differingLines, type TreeListing } from './tree-listing.ts'

// npm run interop [-- WORD]: images of other tools pulled by the engine, and its own by them, through a registry.
const word = process.argv[2]
const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

const cells = new Cells(word)

const tools = await ImageTools.start()
const registry = await RegistryPeer.start()
await tools.trust(registry.host)
const parties: Party[] = []
try {
  const layouts = { gzip: join(tools.folder, 'gzip'), zstd: join(tools.folder, 'zstd') }
  await writeFixtureLayout(layouts.gzip, 'gzip')
  await writeFixtureLayout(layouts.zstd, 'zstd')
  const engine = await EngineProcess.start()
  const stop = async () => {
    const left = await engine.destroy()
    if (left.mounts.length > 0) throw new Error(`The engine left mounts: ${left.mounts.join(' ')}`)
  }
  const moby = engineParty({ name: 'moby', environment: engine.environment(), stop }, tools)
  parties.push(moby)
  const peer = await DockerdPeer.start({ ownNetwork: false, bridge: false })
  const dockerd = engineParty({ name: 'dockerd', environment: peer.environment(), stop: () => peer.stop() }, tools)
  const skopeo = skopeoParty(tools)
  parties.push(dockerd, skopeo, storageParty(tools, 'buildah'), storageParty(tools, 'podman'))
  const trees = await expectedTrees(skopeo, layouts.gzip, `${registry.host}/expected`)

  for (const pusher of parties) {
    const others = parties.filter((each) => (pusher === moby ? each !== moby : each === moby))
    const reference = `${registry.host}/by-${pusher.name}`
    for (const architecture of architectures) {
      const tagged = `${reference}:both-${architecture}`
      await cells.run(`${pusher.name} pushes an image of ${architecture}`, () =>
        pusher.push(layouts.gzip, architecture, tagged),
      )
      for (const puller of others)
        await cells.run(`${puller.name} pulls the image of ${architecture} that ${pusher.name} pushed`, () =>
          pullsRight(puller, tagged, architecture, trees),
        )
    }
    await cells.run(`${pusher.name} pushes an index`, () => pusher.pushIndex(layouts.gzip, `${reference}:both`))
    for (const puller of others) {
      for (const architecture of architectures)
        await cells.run(`${puller.name} pulls ${architecture} from the index that ${pusher.name} pushed`, () =>
          pullsRight(puller, `${reference}:both`, architecture, trees),
        )
    }
    if (pusher === moby) continue
    for (const [tag, platforms] of [
      ['both', architectures],
      ['both-amd64', ['amd64']],
    ] as const)
      await cells.run(`moby gives back byte for byte the ${tag} that ${pusher.name} pushed`, async () => {
        const copied = `${registry.host}/again-${pusher.name}:${tag}`
        await moby.copy(`${reference}:${tag}`, copied, platforms)
        same('the digest in the registry', await digestOf(`${reference}:${tag}`), await digestOf(copied))
      })
  }
  for (const architecture of architectures) {
    const tagged = `${registry.host}/zstd:${architecture}`
    await cells.run(`moby pulls layers in zstd of ${architecture}`, async () => {
      await skopeo.push(layouts.zstd, architecture, tagged)
      await pullsRight(moby, tagged, architecture, trees)
    })
  }
} finally {
  for (const each of parties.toReversed()) await each.stop()
  await registry.stop()
  await tools.remove()
}
cells.finish()

/** The trees as umoci unpacks them, which none of the others had a hand in. */
async function expectedTrees(skopeo: Party, layout: string, repository: string): Promise<Map<string, TreeListing>> {
  const trees = new Map<string, TreeListing>()
  for (const architecture of architectures) {
    await skopeo.push(layout, architecture, `${repository}:${architecture}`)
    trees.set(architecture, (await skopeo.pull(`${repository}:${architecture}`, architecture)).tree)
  }
  return trees
}

/** By tag and by digest: the digest of the registry, the tree of the fixture, and its configuration. */
async function pullsRight(
  party: Party,
  reference: string,
  architecture: string,
  trees: ReadonlyMap<string, TreeListing>,
): Promise<void> {
  const digest = await digestOf(reference)
  const byDigest = `${reference.replace(/:[^/:]*$/, '')}@${digest}`
  for (const each of [reference, byDigest]) {
    const pulled = await party.pull(each, architecture)
    same(`the digest of ${each}`, digest, pulled.digest)
    same('the label', architecture, pulled.labels['fixture'])
    const different = differingLines(trees.get(architecture) ?? [], pulled.tree)
    if (different.length > 0) throw new Error(`another tree of ${each}:\n        ${different.join('\n        ')}`)
  }
}

async function digestOf(reference: string): Promise<string> {
  const at = reference.indexOf('/')
  const [repository, tag] = reference.slice(at + 1).split(':')
  const url = `http://${reference.slice(0, at)}/v2/${repository}/manifests/${tag}`
  const answer = await fetch(url, { method: 'HEAD', headers: { accept } })
  const digest = answer.headers.get('docker-content-digest')
  if (digest === null) throw new Error(`${url} answered ${answer.status} without a digest`)
  return digest
}

function same(what: string, expected: unknown, actual: unknown): void {
  if (expected !== actual) throw new Error(`${what} is ${String(actual)} where ${String(expected)} was expected`)
}
