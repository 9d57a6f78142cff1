import { gzipSync } from 'node:zlib'
import { readTar } from '@moby/lib-tar'
import { inPieces } from '@moby/lib-tar/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestOf } from '../chain-id.ts'
import { dockerArchive, idOf, layer, type SampleImage } from '../fixtures/image-archive.ts'
import { MemoryRegistry } from '../fixtures/memory-registry.ts'
import { openImages, type OpenImages } from '../fixtures/open-images.ts'
import { putImage, putIndex } from '../fixtures/registry-image.ts'
import { TestImages } from '../fixtures/test-images.ts'

let here: OpenImages
beforeEach(async () => void (here = await openImages()))
afterEach(() => here.close())

const bottom = layer({ name: 'a', content: 'a'.repeat(3000) })
const top = layer({ name: 'b', content: 'bb' })
const packed = gzipSync(top)
const one: SampleImage = { layers: [bottom, top], tags: ['app:1', 'app:2', 'other:x'] }
const two: SampleImage = {
  layers: [bottom, packed],
  diffIds: [digestOf(bottom), digestOf(top)],
  tags: ['zipped:1'],
  created: '2025-01-01T00:00:00Z',
}

const filesOf = async (archive: Uint8Array) => {
  const files = new Map<string, Buffer>()
  for await (const { entry, content } of readTar(inPieces(archive))) {
    const chunks: Uint8Array[] = []
    for await (const chunk of content) chunks.push(chunk)
    expect([entry.modifiedAt, files.has(entry.name)]).toEqual([0n, false])
    files.set(entry.name, Buffer.concat(chunks))
  }
  return files
}
const json = (files: Map<string, Buffer>, name: string) => JSON.parse(String(files.get(name))) as unknown
const tagsOf = (files: Map<string, Buffer>) =>
  (json(files, 'manifest.json') as { RepoTags: string[] | null }[]).map(({ RepoTags }) => RepoTags)

test('an archive is one of docker save and an OCI layout, and each blob is what its name says', async () => {
  await here.load(dockerArchive(one, two))
  const files = await filesOf(await here.save(['app:1', 'zipped:1']))
  expect(tagsOf(files)).toEqual([['app:1'], ['zipped:1']])
  expect(json(files, 'oci-layout')).toEqual({ imageLayoutVersion: '1.0.0' })
  const index = json(files, 'index.json') as { manifests: { digest: string; annotations: Record<string, string> }[] }
  expect(index.manifests.map(({ annotations }) => annotations)).toEqual([
    { 'io.containerd.image.name': 'docker.io/library/app:1', 'org.opencontainers.image.ref.name': '1' },
    { 'io.containerd.image.name': 'docker.io/library/zipped:1', 'org.opencontainers.image.ref.name': '1' },
  ])
  const blobs = [...files].filter(([name]) => /^blobs\/sha256\/./.test(name))
  for (const [name, content] of blobs) expect(`blobs/sha256/${digestOf(content).slice(7)}`).toBe(name)
  // Two configurations and manifests, the shared layer once, and the other one in both forms.
  expect(blobs).toHaveLength(7)
})

test('a name without tag means every tag of it, an id no name at all', async () => {
  await here.load(dockerArchive(one, two))
  expect(tagsOf(await filesOf(await here.save(['app'])))).toEqual([['app:1', 'app:2']])
  expect(tagsOf(await filesOf(await here.save([idOf(one)])))).toEqual([null])
  expect(tagsOf(await filesOf(await here.save([idOf(one).slice(7, 19), 'other:x'])))).toEqual([['other:x']])
})

test('the same images give the same bytes, and loaded elsewhere the same ids', async () => {
  await here.load(dockerArchive(one, two))
  const archive = await here.save(['app', 'zipped:1'])
  expect((await here.save(['app', 'zipped:1'])).equals(archive)).toBe(true)
  const there = await openImages()
  try {
    await there.load(archive)
    const { images } = await there.api.list({})
    expect(images.map(({ id, tags }) => [id, tags]).toSorted()).toEqual(
      [
        [idOf(one), ['app:1', 'app:2']],
        [idOf(two), ['zipped:1']],
      ].toSorted(),
    )
    expect((await there.save(['app', 'zipped:1'])).equals(archive)).toBe(true)
  } finally {
    there.close()
  }
})

test('what is not here, or not for that platform, is told before the first byte', async () => {
  await here.load(dockerArchive(one))
  await expect(here.save(['app:1', 'none'])).rejects.toMatchObject({
    code: 'IMAGE_NOT_FOUND',
    message: 'No such image: none',
  })
  await expect(here.save(['app:1'], ['linux/s390x'])).rejects.toMatchObject({ code: 'PLATFORM_NOT_FOUND' })
})

test('what an index names of other images stays as long as the archive is written', async () => {
  const registry = new MemoryRegistry()
  const there = await TestImages.open(registry.source)
  try {
    const host = putImage(registry, { layers: [bottom] })
    const arm = putImage(registry, { layers: [top], architecture: 'arm64' })
    putIndex(registry, [host, arm], 'app:1')
    await there.pull('registry.test/app:1')
    await there.pull('registry.test/app:1', { platform: 'linux/arm64' })
    const stream = there.api.save({ refs: [host.id] })[Symbol.asyncIterator]()
    const chunks = []
    for (let next = await stream.next(); next.done !== true; next = await stream.next()) {
      if (chunks.length === 0) await there.api.remove({ ref: arm.id, force: true })
      chunks.push(next.value)
    }
    const files = await filesOf(Buffer.concat(chunks))
    for (const digest of [arm.id, ...arm.blobs]) {
      expect(digestOf(files.get(`blobs/sha256/${digest.slice(7)}`) ?? '')).toBe(digest)
    }
    await there.service.sweep()
    expect(there.blobs()).not.toContain(arm.id.slice(7))
  } finally {
    there.close()
  }
})
