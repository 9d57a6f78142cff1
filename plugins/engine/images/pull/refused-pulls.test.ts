import { gzipSync } from 'node:zlib'
import { mediaTypes } from 'oci-spec-ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestOf } from '../chain-id.ts'
import { MemoryRegistry, refusal } from '../fixtures/memory-registry.ts'
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

const registryRef = 'registry.test/app'

test('B8: a platform that is not there is told with those that are', async () => {
  putIndex(registry, [putImage(registry, { layers: [base] })], 'app:1')
  await expect(images.pull(`${registryRef}:1`, { platform: 'linux/arm64' })).rejects.toMatchObject({
    code: 'PLATFORM_NOT_FOUND',
    message: `no matching manifest for linux/arm64/v8 in the manifest list entries; available: linux/${hostArchitecture()}`,
  })
})

test('B8: the only image of a name is brought for any platform, with a warning, and fails where that is asked for', async () => {
  const put = putImage(registry, { layers: [base] }, 'app:2')
  const lines = await images.pull(`${registryRef}:2`, { platform: 'linux/s390x' })
  expect(lines.slice(-2)).toEqual([
    { status: `Status: Downloaded newer image for ${registryRef}:2` },
    {
      status: `WARNING: image with reference ${registryRef}:2 was found but its platform (linux/${hostArchitecture()}) does not match the specified platform (linux/s390x)`,
    },
  ])
  expect((await images.api.inspect({ ref: `${registryRef}:2` })).id).toBe(put.id)
  await expect(images.api.inspect({ ref: `${registryRef}:2`, platform: 'linux/s390x' })).rejects.toMatchObject({
    code: 'PLATFORM_NOT_FOUND',
  })
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
