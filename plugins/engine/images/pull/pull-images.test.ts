import { zstdCompressSync } from 'node:zlib'
import { setTimeout as sleep } from 'node:timers/promises'
import { mediaTypes } from 'oci-spec-ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestOf } from '../chain-id.ts'
import { MemoryRegistry } from '../fixtures/memory-registry.ts'
import { putImage, putIndex } from '../fixtures/registry-image.ts'
import { base, other, upper } from '../fixtures/sample-layers.ts'
import { TestImages } from '../fixtures/test-images.ts'
import { hostArchitecture } from '../host-platform.ts'

let registry: MemoryRegistry
let images: TestImages

beforeEach(async () => {
  registry = new MemoryRegistry()
  images = await TestImages.open(registry.source)
})
afterEach(() => images.close())

const short = (digest: string) => digest.slice(7, 19)
const registryRef = 'registry.test/app'

test('an image is pulled by tag in the words of Docker, and a second pull finds it up to date', async () => {
  const put = putImage(registry, { layers: [base, upper] }, 'app:1')
  const lines = await images.pull(`${registryRef}:1`)
  expect(lines[0]).toEqual({ status: 'Pulling from app', id: '1' })
  for (const digest of put.blobs) {
    const words = lines.filter(({ id }) => id === short(digest)).map(({ status }) => status)
    const order = [
      'Pulling fs layer',
      'Downloading',
      'Verifying Checksum',
      'Download complete',
      'Extracting',
      'Pull complete',
    ]
    expect([...new Set(words)]).toEqual(order)
  }
  expect(lines.slice(-2)).toEqual([
    { status: `Digest: ${put.digest}` },
    { status: `Status: Downloaded newer image for ${registryRef}:1` },
  ])
  const image = await images.api.inspect({ ref: `${registryRef}:1` })
  expect(image).toMatchObject({
    id: put.id,
    tags: [`${registryRef}:1`],
    digests: [`${registryRef}@${put.digest}`],
    manifests: [{ mediaType: mediaTypes.manifest, digest: put.digest, size: String(put.size) }],
    layers: [digestOf(base), digestOf(upper)],
  })
  expect(images.blobs()).toHaveLength(4)
  expect(images.ingest()).toEqual([])
  expect(await images.leases()).toEqual([])
  expect(await images.told()).toEqual([`pull ${registryRef}:1 ${registryRef}`])

  registry.requests.length = 0
  const again = await images.pull(`${registryRef}:1`)
  expect(again.map(({ status }) => status)).toEqual([
    'Pulling from app',
    `Digest: ${put.digest}`,
    `Status: Image is up to date for ${registryRef}:1`,
  ])
  expect(registry.requests).toEqual(['head app 1'])
})

test('layers that another image has are not brought again', async () => {
  putImage(registry, { layers: [base, upper] }, 'app:1')
  const second = putImage(registry, { layers: [base, other] }, 'app:2')
  await images.pull(`${registryRef}:1`)
  const before = registry.requests.length
  const lines = await images.pull(`${registryRef}:2`)
  expect(lines).toContainEqual({ status: 'Already exists', id: short(second.blobs[0] ?? '') })
  expect(registry.requests.slice(before).filter((line) => line.startsWith('blob'))).toHaveLength(2)
  const usage = await images.api.usage({})
  expect(usage.layersSize).toBe(String(20_000 + 2 + 3))
  expect(usage.images.map(({ sharedSize }) => sharedSize)).toEqual(['20000', '20000'])
})

test('Docker images, zstd layers and images without layers are pulled too', async () => {
  putImage(registry, { layers: [base], form: 'docker' }, 'app:docker')
  await images.pull(`${registryRef}:docker`)
  const zstd = putImage(registry, { layers: [base, other] }, 'app:zstd')
  const document = JSON.parse(Buffer.from(registry.manifests.get(zstd.digest)?.content ?? []).toString())
  const content = zstdCompressSync(other)
  document.layers[1] = { mediaType: mediaTypes.layerZstd, digest: registry.putBlob(content), size: content.length }
  registry.putManifest(document, mediaTypes.manifest, 'app:zstd')
  await images.pull(`${registryRef}:zstd`)
  putImage(registry, { layers: [], form: 'docker' }, 'app:empty')
  await images.pull(`${registryRef}:empty`)
  expect((await images.api.list({})).images).toHaveLength(3)
})

test('of an index the platform of the host is pulled, or the one asked for, under one name', async () => {
  const host = putImage(registry, { layers: [base] })
  const arm7 = putImage(registry, { layers: [upper], architecture: 'arm', variant: 'v7' })
  const arm6 = putImage(registry, { layers: [other], architecture: 'arm', variant: 'v6' })
  const index = putIndex(registry, [arm6, host, arm7], 'app:1')
  const lines = await images.pull(`${registryRef}:1`)
  expect(lines.at(-2)).toEqual({ status: `Digest: ${index.digest}` })
  await images.pull(`${registryRef}:1`, { platform: 'linux/arm/v7' })
  await images.pull(`${registryRef}:1`, { platform: 'linux/arm/v6' })
  const ids = async (platform?: string) =>
    (await images.api.inspect({ ref: `${registryRef}:1`, ...(platform === undefined ? {} : { platform }) })).id
  expect(await ids()).toBe(host.id)
  expect(await ids('linux/arm/v7')).toBe(arm7.id)
  expect(await ids('linux/arm/v6')).toBe(arm6.id)
  expect(await ids(`linux/${hostArchitecture()}`)).toBe(host.id)
  const image = await images.api.inspect({ ref: `${registryRef}@${index.digest}` })
  expect(image.id).toBe(host.id)
  expect(image.manifests.map(({ digest }) => digest)).toEqual([host.digest, index.digest])
  await expect(ids('linux/s390x')).rejects.toMatchObject({ code: 'PLATFORM_NOT_FOUND' })
  const { changes } = await images.api.remove({ ref: `${registryRef}:1` })
  expect(changes.filter(({ name }) => name.startsWith(registryRef))).toHaveLength(6)
  expect(images.blobs()).toEqual([])
  expect(await images.snapshots()).toEqual([])
})

test('every tag of a repository is pulled, with one status at the end', async () => {
  putImage(registry, { layers: [base] }, 'app:1')
  putImage(registry, { layers: [upper] }, 'app:2')
  const lines = await images.pull(registryRef, { allTags: true })
  expect(lines.filter(({ status }) => status?.startsWith('Pulling from'))).toHaveLength(2)
  expect(lines.at(-1)).toEqual({ status: `Status: Downloaded newer image for ${registryRef}` })
  expect((await images.api.list({})).images).toHaveLength(2)
})

test('B22: a tag that moves between question and answer is pulled as what it was', async () => {
  putImage(registry, { layers: [base] }, 'app:1')
  await images.pull(`${registryRef}:1`)
  const second = putImage(registry, { layers: [base, upper] }, 'app:1')
  registry.afterHead = () => void putImage(registry, { layers: [base, other] }, 'app:1')
  const lines = await images.pull(`${registryRef}:1`)
  expect(lines.at(-2)).toEqual({ status: `Digest: ${second.digest}` })
  expect((await images.api.inspect({ ref: `${registryRef}:1` })).id).toBe(second.id)
})

test('A26: many who pull the same at once share the work, and one who gives up does not cancel it', async () => {
  const put = putImage(registry, { layers: [base, upper] }, 'app:1', 'copy:1')
  registry.onPiece = () => sleep(2)
  const leaving = new AbortController()
  const gone = images.pull(`${registryRef}:1`, {}, leaving.signal)
  const pulls = Array.from({ length: 20 }, (_, at) =>
    images.pull(at % 2 === 0 ? `${registryRef}:1` : 'registry.test/copy:1'),
  )
  const sweeps = Array.from({ length: 5 }, () => images.service.sweep())
  await sleep(5)
  leaving.abort()
  await expect(gone).rejects.toMatchObject({ code: 'CANCELLED' })
  await Promise.all([...pulls, ...sweeps])
  for (const digest of [put.id, ...put.blobs]) {
    expect(registry.requests.filter((line) => line.startsWith('blob') && line.includes(digest))).toHaveLength(1)
  }
  expect(await images.snapshots()).toHaveLength(2)
  expect(images.ingest()).toEqual([])
  expect(await images.leases()).toEqual([])
  expect((await images.api.list({})).images).toMatchObject([
    { id: put.id, tags: expect.arrayContaining([`${registryRef}:1`, 'registry.test/copy:1']) },
  ])
})

test('a manifest that tells another size of a layer that is here is refused', async () => {
  const put = putImage(registry, { layers: [base, upper] }, 'app:1')
  await images.pull(`${registryRef}:1`)
  const [first = '', second = ''] = put.blobs
  const sizeOf = (digest: string) => registry.blobs.get(digest)?.length ?? 0
  const layerOf = (digest: string, size: number) => ({ mediaType: mediaTypes.layerGzip, digest, size })
  const config = { mediaType: mediaTypes.config, digest: put.id, size: sizeOf(put.id) }
  const layers = [layerOf(first, sizeOf(first)), layerOf(second, sizeOf(second) + 1)]
  const manifest = { schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers }
  registry.putManifest(manifest, mediaTypes.manifest, 'app:size')
  await expect(images.pull(`${registryRef}:size`)).rejects.toMatchObject({
    code: 'CONTENT_MISMATCH',
    message: `The manifest tells that the blob ${second} has ${sizeOf(second) + 1} bytes, and it has ${sizeOf(second)}`,
  })
  expect((await images.api.list({})).images).toHaveLength(1)
  expect(await images.leases()).toEqual([])
})

test('a manifest that tells two sizes of a layer that is not here is refused before it is asked for', async () => {
  const put = putImage(registry, { layers: [base] }, 'app:1')
  const [digest = ''] = put.blobs
  const size = registry.blobs.get(digest)?.length ?? 0
  const config = { mediaType: mediaTypes.config, digest: put.id, size: registry.blobs.get(put.id)?.length ?? 0 }
  const layers = [size, size + 1].map((each) => ({ mediaType: mediaTypes.layerGzip, digest, size: each }))
  registry.putManifest(
    { schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers },
    mediaTypes.manifest,
    'app:2',
  )
  registry.requests.length = 0
  await expect(images.pull(`${registryRef}:2`)).rejects.toMatchObject({
    code: 'MANIFEST_INVALID',
    message: expect.stringContaining(`the blob ${digest} has two sizes in it`),
  })
  expect(registry.requests.filter((line) => line.startsWith('blob'))).toEqual([])
})
