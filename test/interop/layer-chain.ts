import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Cells } from './cells.ts'
import { ChangingTree } from './changing-tree.ts'
import { layerChanges } from './layer-changes.ts'
import { packsBesideSockets, type Deviations } from './layer-deviations.ts'
import type { ChangedTree, LayerParty } from './layer-party.ts'
import { differences, type FileFacts, type WholeTree } from './whole-tree.ts'

interface PackedImage {
  readonly image: string
  readonly archive: string
  /** What its layers say. */
  readonly tree: WholeTree
}

export interface LayerChain {
  readonly cells: Cells
  readonly deviations: Deviations
  readonly start: PackedImage
  /** For archives. */
  readonly folder: string
  /** Who packs which layer. */
  readonly packers: readonly LayerParty[]
  /** Who unpacks each of the images. */
  readonly takers: readonly LayerParty[]
}

/** Layers packed one on the other, each image unpacked by its packer and by others. */
export async function layerChain({ cells, packers, takers, ...chain }: LayerChain): Promise<void> {
  const title = packers.map(({ name }) => name).join(', ')
  let below: PackedImage | undefined = chain.start
  for (const [at, packer] of packers.entries()) {
    const made = await packLayer(below, at)
    below = made
    const others = takers.filter((taker) => taker !== packer)
    await Promise.all(
      [packer, ...others].map((taker) =>
        cells.run(`${taker.name} unpacks layer ${at + 1} of ${title}`, async () => {
          if (made === undefined) throw new Error('it was not packed')
          if (taker !== packer) await taker.take(made.archive, made.image)
          const expected = chain.deviations.unpacked(made.tree, taker.name)
          const different = differences(expected, await taker.treeOf(made.image))
          if (different.length > 0) throw new Error(`another tree:\n        ${different.join('\n        ')}`)
        }),
      ),
    )
  }

  async function packLayer(lower: PackedImage | undefined, at: number): Promise<PackedImage | undefined> {
    const [packer, change] = [packers[at], layerChanges[at]]
    if (packer === undefined || change === undefined) throw new Error(`there is no layer ${at + 1}`)
    const word = packers.map(({ name }) => name.replaceAll(' ', '-')).join('-')
    const image = `test.example/by-${word}:${at + 1}`
    const archive = join(chain.folder, `${word}-${at + 1}.tar`)
    let made: PackedImage | undefined
    await cells.run(`${packer.name} packs layer ${at + 1} of ${title}`, async () => {
      if (lower === undefined) throw new Error('the layer below was not packed')
      if (at > 0 && packers[at - 1] !== packer) await packer.take(lower.archive, lower.image)
      const seen = await packer.commit(lower.image, image, (root) =>
        change(new ChangingTree(root), { sockets: packsBesideSockets(packer.name) }),
      )
      await packer.give(image, archive)
      made = { image, archive, tree: packed(lower.tree, seen, packer.name) }
    })
    return made
  }

  /**
   * What the layers say after one more: of each path that was changed what the packer saw, of the others what they said
   * before, even where the packer had unpacked it as something else.
   */
  function packed(lower: WholeTree, seen: ChangedTree, packer: string): WholeTree {
    const tree = new Map<string, FileFacts>()
    const after = chain.deviations.packed(seen.after, packer, lower)
    const changed = changedPaths(seen)
    for (const [path, { type, sameAs }] of seen.after) {
      const said = changed.has(path) ? after.get(path) : lower.get(path)
      // No archive can hold a socket.
      if (said !== undefined && type !== 'socket') tree.set(path, { ...said, sameAs })
    }
    return tree
  }
}

/** Of a file with several names all are changed when one is, or has come. */
function changedPaths({ before, after }: ChangedTree): ReadonlySet<string> {
  const withoutNames = (facts: FileFacts | undefined) => facts && { ...facts, sameAs: undefined }
  const changed = [...after].filter(
    ([path, facts]) => !isDeepStrictEqual(withoutNames(facts), withoutNames(before.get(path))),
  )
  const files = new Set(changed.map(([path, { sameAs }]) => sameAs ?? path))
  return new Set([...after].flatMap(([path, { sameAs }]) => (files.has(sameAs ?? path) ? [path] : [])))
}
