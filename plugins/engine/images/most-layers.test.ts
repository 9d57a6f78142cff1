import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { implement, storageLayers, type Implementation } from '@moby/contracts'
import { inPieces } from '@moby/lib-tar/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dockerArchive, layer } from './fixtures/image-archive.ts'
import { MemoryRegistry } from './fixtures/memory-registry.ts'
import { openImages, type OpenImages } from './fixtures/open-images.ts'
import { plainLayers } from './fixtures/plain-layers.ts'
import { putImage } from './fixtures/registry-image.ts'
import { TestImages } from './fixtures/test-images.ts'

const most = 3
const layers = (count: number) => Array.from({ length: count }, (_, at) => layer({ name: `f${at}`, content: 'x' }))
const refusal = (name: string) => ({
  code: 'SNAPSHOT_TOO_DEEP',
  kind: 'invalid',
  message: `${name} has 4 layers, more than the 3 layers that the storage driver plain mounts`,
  details: { layers: 4, most: 3 },
})

let unpacked = 0
/** A driver that stacks so many layers, as overlay does. */
function stacking(inner: Implementation<typeof storageLayers>): Implementation<typeof storageLayers> {
  return implement(storageLayers, {
    ...inner,
    info: async () => ({ ...(await inner.info({})), mostLayers: most }),
    apply: async (request, input, call) => {
      unpacked += 1
      return await inner.apply(request, input, call)
    },
  })
}

let here: OpenImages
beforeEach(async () => {
  unpacked = 0
  here = await openImages(undefined, stacking)
})
afterEach(() => here.close())

const left = async () => {
  const snapshots: string[] = []
  for await (const { key } of here.layers.list({})) snapshots.push(key)
  const files = ['ingest', 'blobs/sha256'].map((name) => readdirSync(join(here.folder, 'images', name)))
  return { snapshots, files }
}

test('A25 an archive with an image of more layers than the driver mounts is refused before it is unpacked', async () => {
  const archive = dockerArchive({ layers: layers(4), tags: ['high:1'] })
  await expect(here.load(archive)).rejects.toMatchObject(refusal('The image high:1'))
  expect(unpacked).toBe(0)
  expect(await left()).toEqual({ snapshots: [], files: [[], []] })
  await here.load(dockerArchive({ layers: layers(3), tags: ['low:1'] }))
  expect((await here.api.inspect({ ref: 'low:1' })).layers).toHaveLength(3)
})

test('A25 one image of an archive that is too high lets none of it in', async () => {
  const archive = dockerArchive({ layers: layers(2), tags: ['low:1'] }, { layers: layers(4) })
  await expect(here.load(archive)).rejects.toMatchObject({ code: 'SNAPSHOT_TOO_DEEP' })
  expect(unpacked).toBe(0)
  expect((await here.api.list({})).images).toEqual([])
})

test('A25 a layer on top of as many as the driver mounts is refused before it is read, a configuration is not', async () => {
  await here.load(dockerArchive({ layers: layers(3), tags: ['full:1'] }))
  const before = await left()
  unpacked = 0
  const extended = here.api.extend({ base: 'full:1', names: ['more'] }, inPieces(layer({ name: 'top', content: 'x' })))
  await expect(extended).rejects.toMatchObject(refusal('The new image'))
  expect(unpacked).toBe(0)
  expect(await left()).toEqual(before)
  await here.api.extend({ base: 'full:1', config: { Cmd: ['x'] }, names: ['same'] }, inPieces(new Uint8Array(0)))
  expect((await here.api.inspect({ ref: 'same' })).layers).toHaveLength(3)
})

test('A25 an image of more layers than the driver mounts is refused by its manifest: no blob is asked for', async () => {
  const registry = new MemoryRegistry()
  const images = await TestImages.open(registry.source, (folder) => stacking(plainLayers(folder)))
  try {
    putImage(registry, { layers: layers(4) }, 'app:1')
    await expect(images.pull('registry.test/app:1')).rejects.toMatchObject(refusal('The image registry.test/app:1'))
    expect(registry.requests.filter((each) => each.startsWith('blob'))).toEqual([])
    expect(images.blobs()).toEqual([])
    expect(images.ingest()).toEqual([])
    expect(await images.leases()).toEqual([])
  } finally {
    images.close()
  }
})
