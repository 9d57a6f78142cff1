import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { setTimeout as sleep } from 'node:timers/promises'
import { codedError } from '@moby/contracts'
import { mediaTypes } from 'oci-spec-ts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { digestOf } from '../chain-id.ts'
import { layer } from '../fixtures/image-archive.ts'
import { MemoryRegistry, refusal } from '../fixtures/memory-registry.ts'
import { putImage, putIndex } from '../fixtures/registry-image.ts'
import { TestImages } from '../fixtures/test-images.ts'
import { hostArchitecture } from '../host-platform.ts'

const base = layer({ name: 'etc/', type: 'directory' }, { name: 'etc/a', content: 'a'.repeat(20_000) })
const upper = layer({ name: 'etc/b', content: 'bb' })
const other = layer({ name: 'etc/c', content: 'ccc' })

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
    'Pulling fs layer',
    'Pulling fs layer',
    'Already exists',
    'Already exists',
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

test('B8: a platform that is not there is told with those that are', async () => {
  putIndex(registry, [putImage(registry, { layers: [base] })], 'app:1')
  await expect(images.pull(`${registryRef}:1`, { platform: 'linux/arm64' })).rejects.toMatchObject({
    code: 'PLATFORM_NOT_FOUND',
    message: `no matching manifest for linux/arm64/v8 in the manifest list entries; available: linux/${hostArchitecture()}`,
  })
  putImage(registry, { layers: [base] }, 'app:2')
  await expect(images.pull(`${registryRef}:2`, { platform: 'linux/arm64' })).rejects.toThrow(
    'was found but does not match the specified platform: wanted linux/arm64/v8, actual: linux/amd64',
  )
})

test('every tag of a repository is pulled, with one status at the end', async () => {
  putImage(registry, { layers: [base] }, 'app:1')
  putImage(registry, { layers: [upper] }, 'app:2')
  const lines = await images.pull(registryRef, { allTags: true })
  expect(lines.filter(({ status }) => status?.startsWith('Pulling from'))).toHaveLength(2)
  expect(lines.at(-1)).toEqual({ status: `Status: Downloaded newer image for ${registryRef}` })
  expect((await images.api.list({})).images).toHaveLength(2)
})

test('by digest no tag is made, and other content than the digest says is refused', async () => {
  const put = putImage(registry, { layers: [base] }, 'app:1')
  await images.pull(`${registryRef}@${put.digest}`)
  expect(await images.api.inspect({ ref: `${registryRef}@${put.digest}` })).toMatchObject({ id: put.id, tags: [] })
  const changes = (await images.api.remove({ ref: `${registryRef}@${put.digest}` })).changes
  expect(changes[0]).toEqual({ kind: 'untagged', name: `${registryRef}@${put.digest}` })
  registry.manifests.set(put.digest, { mediaType: mediaTypes.manifest, content: Buffer.from('{"schemaVersion":2}') })
  await expect(images.pull(`${registryRef}@${put.digest}`)).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' })
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

const valid = { schemaVersion: 2, config: {}, layers: [], manifests: [] }
test.each<[string, string, unknown, string, string]>([
  [
    'B1',
    'a document that is manifest and index',
    { ...valid, mediaType: mediaTypes.index },
    mediaTypes.index,
    'MANIFEST_INVALID',
  ],
  [
    'B2',
    'another type than it came as',
    { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [] },
    mediaTypes.manifest,
    'MANIFEST_INVALID',
  ],
  [
    'B4',
    'a digest that is a path',
    {
      schemaVersion: 2,
      mediaType: mediaTypes.index,
      manifests: [{ mediaType: mediaTypes.manifest, digest: `sha256:../../${'0'.repeat(58)}`, size: 3 }],
    },
    mediaTypes.index,
    'MANIFEST_INVALID',
  ],
  [
    'B4',
    'an unknown algorithm',
    {
      schemaVersion: 2,
      mediaType: mediaTypes.index,
      manifests: [{ mediaType: mediaTypes.manifest, digest: `md5:${'0'.repeat(32)}`, size: 3 }],
    },
    mediaTypes.index,
    'DIGEST_INVALID',
  ],
  [
    'B5',
    'a negative size',
    {
      schemaVersion: 2,
      mediaType: mediaTypes.index,
      manifests: [{ mediaType: mediaTypes.manifest, digest: `sha256:${'0'.repeat(64)}`, size: -1 }],
    },
    mediaTypes.index,
    'MANIFEST_INVALID',
  ],
  [
    '',
    'schema 1',
    { schemaVersion: 1, fsLayers: [], signatures: [] },
    'application/vnd.docker.distribution.manifest.v1+prettyjws',
    'MANIFEST_INVALID',
  ],
  [
    '',
    'an artifact',
    {
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: digestOf(''), size: 0 },
      layers: [{ mediaType: 'application/x', digest: digestOf(''), size: 0 }],
    },
    mediaTypes.manifest,
    'NOT_SUPPORTED',
  ],
  ['', 'no JSON', '<html>', 'text/html', 'MANIFEST_INVALID'],
])('%s %s is refused', async (_, __, document, mediaType, code) => {
  registry.putManifest(document, mediaType, 'app:1')
  await expect(images.pull(`${registryRef}:1`)).rejects.toMatchObject({ code })
  expect(images.blobs()).toEqual([])
  expect(await images.leases()).toEqual([])
})

test('B7: an index that leads to itself, or too deep, is refused', async () => {
  const platform = { os: 'linux', architecture: hostArchitecture() }
  let inner = { ...putImage(registry, { layers: [base] }), mediaType: mediaTypes.manifest as string }
  for (let depth = 0; depth < 1000; depth += 1) {
    const { mediaType, digest, size } = inner
    const document = {
      schemaVersion: 2,
      mediaType: mediaTypes.index,
      manifests: [{ mediaType, digest, size, platform }],
    }
    inner = { ...inner, ...registry.putManifest(document, mediaTypes.index, 'app:1'), mediaType: mediaTypes.index }
  }
  await expect(images.pull(`${registryRef}:1`)).rejects.toMatchObject({ code: 'MANIFEST_LIMIT' })
  expect(registry.requests.length).toBeLessThan(10)
})

test('B5: a layer of another size than its descriptor says is refused, and nothing of it is left', async () => {
  const put = putImage(registry, { layers: [base] }, 'app:1')
  const [blob = ''] = put.blobs
  const content = registry.blobs.get(blob) ?? new Uint8Array()
  for (const lie of [Buffer.concat([content, Buffer.alloc(1)]), content.subarray(0, -1)]) {
    registry.lies.set(blob, lie)
    await expect(images.pull(`${registryRef}:1`)).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' })
    expect(images.ingest()).not.toContain(`partial-${blob.slice(7)}`)
  }
  expect((await images.api.list({})).images).toEqual([])
  registry.lies.clear()
  await images.pull(`${registryRef}:1`)
})

test('a layer of other content is refused by its digest, also when it is no archive at all', async () => {
  const put = putImage(registry, { layers: [base] }, 'app:1')
  const [blob = ''] = put.blobs
  const size = registry.blobs.get(blob)?.length ?? 0
  registry.lies.set(blob, Buffer.alloc(size, 7))
  await expect(images.pull(`${registryRef}:1`)).rejects.toMatchObject({
    code: 'CONTENT_MISMATCH',
    message: `filesystem layer verification failed for digest ${blob}`,
  })
  expect(images.ingest()).toEqual([])
  expect(await images.snapshots()).toEqual([])
})

test('A23: a layer of another diffID than the configuration says is refused', async () => {
  const put = putImage(registry, { layers: [base], compress: () => Buffer.from(upper) }, 'app:1')
  const document = JSON.parse(Buffer.from(registry.manifests.get(put.digest)?.content ?? []).toString())
  document.layers[0].mediaType = mediaTypes.layer
  registry.putManifest(document, mediaTypes.manifest, 'app:1')
  await expect(images.pull(`${registryRef}:1`)).rejects.toThrow(
    `invalid diffID for layer: expected "${digestOf(base)}", got "${digestOf(upper)}"`,
  )
  expect(await images.snapshots()).toEqual([])
})

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

test.each<[string, () => Error, string]>([
  [
    'no such tag',
    () => refusal('REGISTRY_NOT_FOUND', 'MANIFEST_UNKNOWN', 'manifest unknown'),
    'manifest for app:1 not found: manifest unknown: manifest unknown',
  ],
  [
    'no such repository',
    () => refusal('REGISTRY_NOT_FOUND', 'NAME_UNKNOWN', 'repository name not known to registry'),
    'repository app not found: name unknown: repository name not known to registry',
  ],
  [
    'no access',
    () => refusal('REGISTRY_DENIED', 'DENIED', 'requested access to the resource is denied'),
    "pull access denied for app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
  ],
])('%s is told as Docker tells it', async (_, error, message) => {
  registry.failure = { on: /^manifest/, error: error() }
  await expect(images.pull('app:1')).rejects.toThrow(message)
})

test('a manifest that names the archive of another layer for one that is here is refused, and what is here stays', async () => {
  putImage(registry, { layers: [base] }, 'app:1')
  await images.pull(`${registryRef}:1`)
  const blobs = images.blobs()
  putImage(registry, { layers: [base], compress: () => gzipSync(other) }, 'app:2')
  await expect(images.pull(`${registryRef}:2`)).rejects.toMatchObject({ code: 'IMAGE_INVALID' })
  const { layers } = await images.api.inspect({ ref: `${registryRef}:1` })
  expect([layers, images.blobs()]).toEqual([[digestOf(base)], expect.arrayContaining(blobs)])
  await expect(images.api.inspect({ ref: `${registryRef}:2` })).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' })
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
    for (let hour = 24; hour <= 25; hour += 1) {
      vi.advanceTimersByTime(3_600_000)
      await sleep(50)
    }
    for (let tries = 0; (await images.leases()).length > 0 && tries < 100; tries += 1) await sleep(20)
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
