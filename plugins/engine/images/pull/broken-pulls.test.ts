import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { codedError } from '@moby/contracts'
import { mediaTypes } from 'oci-spec-ts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { layer } from '../fixtures/image-archive.ts'
import { MemoryRegistry } from '../fixtures/memory-registry.ts'
import { putImage, putIndex } from '../fixtures/registry-image.ts'
import { base, upper } from '../fixtures/sample-layers.ts'
import { TestImages } from '../fixtures/test-images.ts'

let registry: MemoryRegistry
let images: TestImages

beforeEach(async () => {
  registry = new MemoryRegistry()
  images = await TestImages.open(registry.source)
})
afterEach(() => images.close())

const registryRef = 'registry.test/app'

test('what a broken pull has brought is kept under a lease, and gone on with', async () => {
  registry = new MemoryRegistry(500)
  images = await TestImages.open(registry.source)
  const random = Buffer.from(Array.from({ length: 20_000 }, (_, at) => (at * 7919 * (at % 113)) % 256))
  const put = putImage(registry, { layers: [layer({ name: 'r', content: random }), upper] }, 'app:1')
  const [blob = ''] = put.blobs
  const size = registry.blobs.get(blob)?.length ?? 0
  registry.onPiece = (digest, at) => {
    if (digest === blob && at > size / 2) throw codedError('REGISTRY_UNREACHABLE', 'the connection broke')
  }
  await expect(images.pull(`${registryRef}:1`)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
  expect(images.ingest()).toEqual([`partial-${blob.slice(7)}`])
  expect(await images.leases()).toEqual([`leases/pull-${put.digest.slice(7)}`])
  await images.reopen()
  expect(images.ingest()).toEqual([`partial-${blob.slice(7)}`])
  registry.onPiece = () => undefined
  registry.given = 0
  await images.pull(`${registryRef}:1`)
  expect(registry.requests.at(-1)).toMatch(/from [1-9]/)
  expect(registry.given).toBeLessThan(size * 0.6)
  expect(images.ingest()).toEqual([])
  expect(await images.leases()).toEqual([])
})

test('bytes that were spoilt meanwhile are not trusted: the layer is brought anew', async () => {
  registry = new MemoryRegistry(500)
  images = await TestImages.open(registry.source)
  const put = putImage(registry, { layers: [base, upper], compress: (bytes) => bytes }, 'app:1')
  const document = JSON.parse(Buffer.from(registry.manifests.get(put.digest)?.content ?? []).toString())
  for (const each of document.layers) each.mediaType = mediaTypes.layer
  registry.putManifest(document, mediaTypes.manifest, 'app:1')
  const [blob = ''] = put.blobs
  registry.onPiece = (digest, at) => {
    if (digest === blob && at > 5000) throw codedError('REGISTRY_UNREACHABLE', 'the connection broke')
  }
  await expect(images.pull(`${registryRef}:1`)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
  writeFileSync(join(images.folder, 'images/ingest', `partial-${blob.slice(7)}`), Buffer.alloc(3000, 9))
  registry.onPiece = () => undefined
  await images.pull(`${registryRef}:1`)
  expect((await images.api.inspect({ ref: `${registryRef}:1` })).id).toBe(put.id)
  expect(images.ingest()).toEqual([])
})

test('a pull whose reader goes away ends at once', async () => {
  putImage(registry, { layers: [base] }, 'app:1')
  registry.onPiece = () => sleep(50)
  for await (const { status } of images.api.pull({ reference: `${registryRef}:1` })) {
    if (status === 'Downloading' || status === 'Pulling fs layer') break
  }
  expect((await images.api.list({})).images).toEqual([])
  expect((await images.snapshots()).filter((key) => key.startsWith('unpack'))).toEqual([])
  const asked = registry.requests.length
  await sleep(60)
  expect(registry.requests).toHaveLength(asked)
})

test('a full disk ends the pull, and takes what was brought with it', async () => {
  putImage(registry, { layers: [base] }, 'app:1')
  registry.onPiece = () => {
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  }
  await expect(images.pull(`${registryRef}:1`)).rejects.toMatchObject({ code: 'STORAGE_FULL' })
  expect(images.ingest()).toEqual([])
  expect(images.blobs()).toEqual([])
  expect(await images.leases()).toEqual([])
})

test('what a broken pull has left is removed once it has expired, also when nobody asks for a sweep', async () => {
  putImage(registry, { layers: [base], compress: (bytes) => bytes }, 'app:1')
  registry.onPiece = (_, at) => {
    if (at > 2000) throw codedError('REGISTRY_UNREACHABLE', 'the connection broke')
  }
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] })
  try {
    await images.reopen()
    images.service.start()
    await expect(images.pull(`${registryRef}:1`)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
    expect(images.ingest().length).toBeGreaterThan(0)
    const left = async () => [images.ingest().length, images.blobs().length, (await images.leases()).length]
    const before = await left()
    for (let hour = 1; hour <= 23; hour += 1) {
      vi.advanceTimersByTime(3_600_000)
      await sleep(5)
    }
    expect(await left()).toEqual(before)
    // A sweep that is due while another is under way is left to the next hour.
    const anHourLater = async () => {
      vi.advanceTimersByTime(3_600_000)
      await sleep(50)
      return (await left()).reduce((sum, count) => sum + count)
    }
    await expect.poll(anHourLater).toBe(0)
    await images.service.close()
    expect(await left()).toEqual([0, 0, 0])
  } finally {
    vi.useRealTimers()
    await images.service.close()
  }
})

test('an index that comes to an image which is here is flushed before its record is', async () => {
  const put = putImage(registry, { layers: [base] }, 'app:1')
  await images.pull(`${registryRef}:1`)
  putIndex(registry, [put], 'app:2')
  const before = images.flushes
  await images.pull(`${registryRef}:2`)
  expect(images.flushes).toBe(before + 1)
  await images.pull(`${registryRef}:2`)
  expect(images.flushes).toBe(before + 1)
})
