import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { implement, storageLayers, type Implementation } from '@moby/contracts'
import { inPieces } from '@moby/lib-tar/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { chainIds, digestOf } from './chain-id.ts'
import { layer } from './fixtures/image-archive.ts'
import { driverSet, plainLayers } from './fixtures/plain-layers.ts'
import { silentLog } from './fixtures/silent-log.ts'
import { LayerStore } from './layer-store.ts'

const lower = layer({ name: 'a', content: 'a' })
const upper = layer({ name: 'b', content: 'b' })
const diffIds = [digestOf(lower), digestOf(upper)]
const [below = '', above = ''] = chainIds(diffIds)

let folder = ''
let onRemove: (key: string) => Promise<void>
let store: LayerStore
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'layers-'))
  onRemove = async () => undefined
  const plain = plainLayers(folder)
  const driver: Implementation<typeof storageLayers> = implement(storageLayers, {
    ...plain,
    prepare: (request, call) => plain.prepare(request, call),
    remove: async (request) => {
      await onRemove(request.key)
      return await plain.remove(request)
    },
  })
  store = new LayerStore(driverSet({ plain: driver }), undefined, silentLog)
  await store.unpack('plain', { chainId: below, parent: undefined, diffId: below, open: () => inPieces(lower) })
  await unpackAbove()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const unpackAbove = async () => {
  const diffId = digestOf(upper)
  return await store.unpack('plain', { chainId: above, parent: below, diffId, open: () => inPieces(upper) })
}
const nothing = () => false

test('a layer that is leased during a sweep is not removed by it', async () => {
  let release: () => void = () => undefined
  onRemove = async (key) => {
    if (key === above) release = store.lease([below])
  }
  expect(await store.sweep(nothing)).toEqual([above])
  expect(await store.has('plain', below)).toBe(true)
  release()
  expect(await store.sweep(nothing)).toEqual([below])
})

test('a layer that becomes needed during a sweep is not removed by it', async () => {
  const needed = new Set<string>()
  onRemove = async () => void needed.add(below)
  expect(await store.sweep((_, chainId) => needed.has(chainId))).toEqual([above])
})

test('who leases a layer that is being removed learns that it is not there, and can unpack it again', async () => {
  const { promise: isLeased, resolve: lease } = Promise.withResolvers<void>()
  const { promise: begins, resolve: begin } = Promise.withResolvers<void>()
  onRemove = async () => {
    begin()
    await isLeased
  }
  const sweep = store.sweep(nothing)
  await begins
  store.lease([below, above])
  const answers = Promise.all([store.has('plain', above), store.sizeOf('plain', above), unpackAbove()])
  lease()
  expect(await answers).toEqual([false, undefined, 1])
  expect(await sweep).toEqual([above])
  expect([await store.has('plain', below), await store.has('plain', above)]).toEqual([true, true])
})
