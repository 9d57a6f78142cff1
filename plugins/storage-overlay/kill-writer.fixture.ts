import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ComponentContext, Implementation, storageLayers } from '@moby/contracts'
import { inPieces, makeTar } from '@moby/lib-tar/testing'
import component from './index.ts'

// Makes, commits and removes layers for ever, until it is killed. The argument is its folder.
const folder = process.argv[2] ?? ''
const folders = { data: join(folder, 'data'), run: join(folder, 'run') }
for (const path of Object.values(folders)) mkdirSync(path, { recursive: true })
const log = { debug() {}, info() {}, warn() {}, error() {} }
const { provides } = await component.create({ folders, log } as unknown as ComponentContext)
const layers = provides['storage.layers'] as Implementation<typeof storageLayers>
const archive = makeTar(Array.from({ length: 20 }, (_, at) => ({ name: `file-${at}`, content: 'x'.repeat(3000) })))

let parent: string | undefined
for (let round = Date.now(); ; round++) {
  await layers.prepare({ key: `active-${round}`, ...(parent === undefined ? {} : { parent }) })
  await layers.apply({ key: `active-${round}` }, inPieces(archive))
  await layers.commit({ key: `active-${round}`, name: `layer-${round}` })
  parent = round % 3 === 0 ? undefined : `layer-${round}`
  if (parent !== undefined) continue
  for (let at = round; at > round - 3; at--) await layers.remove({ key: `layer-${at}` }).catch(() => undefined)
}
