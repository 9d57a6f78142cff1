import { afterEach, beforeEach, expect, test } from 'vitest'
import { layer, ociArchive } from './fixtures/image-archive.ts'
import { openImages, type OpenImages } from './fixtures/open-images.ts'

let here: OpenImages
beforeEach(async () => void (here = await openImages()))
afterEach(() => here.close())

test('an index tells of each platform whether it is here, and what it takes up', async () => {
  const plain = layer({ name: 'a', content: 'abc' })
  await here.load(ociArchive({ layers: [plain] }, 'registry.test/app:1'))
  const [listed] = (await here.api.list({ manifests: true })).images
  const told = await here.api.inspect({ ref: 'registry.test/app:1', manifests: true })
  expect(listed?.manifests).toEqual(told.manifests)
  const [manifest, index] = told.manifests
  expect(manifest?.children).toMatchObject([
    { digest: manifest?.digest, kind: 'image', available: true, image: told.id },
  ])
  expect(index?.children).toMatchObject([
    { platform: 'linux/s390x', kind: 'image', available: false, contentSize: '0', unpackedSize: '0', containers: [] },
    { digest: manifest?.digest, available: true, unpackedSize: '3', image: told.id },
  ])
  expect(Number(index?.children?.[1]?.contentSize)).toBeGreaterThan(plain.length)
  expect((await here.api.inspect({ ref: 'registry.test/app:1' })).manifests[0]).not.toHaveProperty('children')
})
