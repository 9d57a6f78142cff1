import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { makeBusyboxImage } from '../../core/setup/busybox-image.ts'
import { EngineProcess } from '../e2e/engine-process.ts'
import { DockerdPeer } from '../peers/dockerd.ts'
import { ImageTools } from '../peers/image-tools.ts'
import { Cells } from './cells.ts'
import { makeCopyAssembly } from './copy-assembly.ts'
import { layerChain } from './layer-chain.ts'
import { Deviations } from './layer-deviations.ts'
import { layerEngine } from './layer-engines.ts'
import type { LayerParty } from './layer-party.ts'
import { layerBuildah, layerPodman, layerUmoci } from './layer-tools.ts'
import { differences } from './whole-tree.ts'

// node test/interop/layers.ts [WORD]: layers that one party packs and the others unpack, three on each other.
const cells = new Cells(process.argv[2])
const deviations = new Deviations()
const base = 'test.example/base:1'

const folder = await mkdtemp(join(tmpdir(), 'moby-layers-'))
const parties: LayerParty[] = []
try {
  const tools = await ImageTools.start('overlay')
  parties.push({ ...layerUmoci(tools), stop: () => tools.remove() })
  const moby = await startMoby('moby')
  parties.push(moby)
  const copy = await startMoby('moby with copies', await makeCopyAssembly(folder))
  parties.push(copy)
  const peer = await DockerdPeer.start()
  const dockerd = layerEngine('dockerd', peer.environment(), () => peer.stop())
  parties.push(dockerd)
  const [podman, buildah] = [layerPodman(tools), layerBuildah(tools)]
  parties.push(podman, buildah)
  const umoci = parties[0] ?? podman
  const others = [dockerd, podman, buildah, umoci]

  const archive = join(tools.folder, 'base.tar')
  await writeFile(archive, (await makeBusyboxImage({ reference: base })).archive)
  for (const party of parties) await party.take(archive, base)
  const start = { image: base, archive, tree: await moby.treeOf(base) }
  for (const party of parties)
    await cells.run(`${party.name} unpacks the base`, async () => {
      const different = differences(deviations.unpacked(start.tree, party.name), await party.treeOf(base))
      if (different.length > 0) throw new Error(`another tree:\n        ${different.join('\n        ')}`)
    })
  const chain = (packers: readonly LayerParty[], takers: readonly LayerParty[]) =>
    layerChain({ cells, deviations, start, folder: tools.folder, packers, takers })
  for (const ours of [moby, copy]) await chain([ours, ours, ours], others)
  for (const other of others) await chain([other, other, other], [moby, copy])
  // Where umoci packs a folder that is gone, it also packs whiteouts in it: the other peers refuse them.
  await chain([dockerd, moby, umoci], [moby, copy])
  await chain([podman, umoci, moby], [copy])
  await chain([umoci, copy, dockerd], parties)
  await chain([moby, podman, copy], parties)
} finally {
  for (const party of parties.toReversed()) await cells.run(`nothing of ${party.name} is left`, () => party.stop())
  await rm(folder, { recursive: true, force: true })
}
if (process.argv[2] === undefined)
  await cells.run('every deviation that is accepted was seen', async () => deviations.checkAllSeen())
for (const line of deviations.describe()) console.log(line)
cells.finish()

async function startMoby(name: string, assembly?: string): Promise<LayerParty> {
  const engine = await EngineProcess.start(assembly === undefined ? {} : { assembly })
  return layerEngine(name, engine.environment(), async () => {
    const { mounts } = await engine.destroy()
    if (mounts.length > 0) throw new Error(`There are mounts left: ${mounts.join(' ')}`)
  })
}
