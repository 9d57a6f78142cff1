import { watch } from 'node:fs'
import { join } from 'node:path'
import { codedError, type Progress } from '@moby/contracts'
import { inPieces } from '@moby/lib-tar/testing'
import { dockerMediaTypes } from 'oci-spec-ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dockerArchive } from '../fixtures/image-archive.ts'
import { MemoryRegistry, refusal } from '../fixtures/memory-registry.ts'
import { putImage, putIndex } from '../fixtures/registry-image.ts'
import { base, upper } from '../fixtures/sample-layers.ts'
import { collect, TestImages } from '../fixtures/test-images.ts'

let registry: MemoryRegistry
let images: TestImages

beforeEach(async () => {
  registry = new MemoryRegistry()
  images = await TestImages.open(registry.source)
})
afterEach(() => images.close())

const push = async (reference: string, more: { platform?: string } = {}) =>
  await collect(images.api.push({ reference, ...more }))
const load = async (tag: string) =>
  await collect(images.api.load({}, inPieces(dockerArchive({ layers: [base, upper], tags: [tag] }))))
const words = (lines: Progress[]) => lines.filter(({ id }) => id !== undefined).map(({ status }) => status)

test('an image that was made here is pushed compressed, and a second push sends nothing', async () => {
  await load('registry.test/app:1')
  const lines = await push('registry.test/app:1')
  expect(lines[0]).toEqual({ status: 'The push refers to repository [registry.test/app]' })
  expect([...new Set(words(lines))]).toEqual(['Preparing', 'Pushing', 'Pushed'])
  const digest = registry.tagged.get('app:1') ?? ''
  const stored = registry.manifests.get(digest)
  const document = JSON.parse(Buffer.from(stored?.content ?? []).toString())
  expect(stored?.mediaType).toBe(dockerMediaTypes.manifest)
  expect([document, document.config, ...document.layers].map(({ mediaType }) => mediaType as unknown)).toEqual([
    dockerMediaTypes.manifest,
    dockerMediaTypes.config,
    dockerMediaTypes.layerGzip,
    dockerMediaTypes.layerGzip,
  ])
  expect(lines.slice(-2)).toEqual([
    { status: `1: digest: ${digest} size: ${stored?.content.length}` },
    { aux: { Tag: '1', Digest: digest, Size: stored?.content.length } },
  ])
  expect((await images.api.inspect({ ref: 'registry.test/app:1' })).digests).toEqual([`registry.test/app@${digest}`])
  expect(await images.told()).toContainEqual('push registry.test/app:1 registry.test/app')

  const again = await push('registry.test/app:1')
  expect([...new Set(words(again))]).toEqual(['Preparing', 'Layer already exists'])
  expect(registry.tagged.get('app:1')).toBe(digest)
  await images.service.sweep()
  expect(images.blobs()).toHaveLength(4)
})

test('what was pulled is pushed byte for byte, layers mounted from where they came', async () => {
  const put = putImage(registry, { layers: [base, upper], form: 'docker' }, 'app:1')
  await images.pull('registry.test/app:1')
  await images.api.tag({ ref: 'registry.test/app:1', target: 'registry.test/team/copy:2' })
  const lines = await push('registry.test/team/copy:2')
  expect([...new Set(words(lines))]).toEqual(['Preparing', 'Mounted from app'])
  expect(registry.tagged.get('team/copy:2')).toBe(put.digest)
  expect(registry.requests.filter((line) => line.startsWith('upload'))).toEqual([])
})

test('an index is pushed when all its images are here, else the image of the host', async () => {
  const host = putImage(registry, { layers: [base] })
  const arm = putImage(registry, { layers: [upper], architecture: 'arm64' })
  const index = putIndex(registry, [host, arm], 'app:1')
  await images.pull('registry.test/app:1')
  await images.api.tag({ ref: 'registry.test/app:1', target: 'registry.test/copy:1' })
  await push('registry.test/copy:1')
  expect(registry.tagged.get('copy:1')).toBe(host.digest)
  await images.pull('registry.test/app:1', { platform: 'linux/arm64' })
  await images.api.tag({ ref: 'registry.test/app:1', target: 'registry.test/copy:2' })
  await push('registry.test/copy:2')
  expect(registry.tagged.get('copy:2')).toBe(index.digest)
  await push('registry.test/copy:2', { platform: 'linux/arm64' })
  expect(registry.tagged.get('copy:2')).toBe(arm.digest)
  await expect(push('registry.test/copy:2', { platform: 'linux/s390x' })).rejects.toMatchObject({
    code: 'PLATFORM_NOT_FOUND',
  })
})

test('every tag of a repository is pushed when none is named', async () => {
  await load('registry.test/app:1')
  await images.api.tag({ ref: 'registry.test/app:1', target: 'registry.test/app:2' })
  await push('registry.test/app')
  expect([...registry.tagged.keys()]).toEqual(['app:1', 'app:2'])
})

test('an upload is begun again only when the registry has lost what cannot be sent again', async () => {
  await load('registry.test/app:1')
  const uploads = () => registry.requests.filter((line) => line.startsWith('upload')).length
  const lost = codedError('REGISTRY_FAILED', 'the upload is lost', { details: { restart: true } })
  registry.failure = { on: /^upload/, error: lost }
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>()
  registry.onRequest = (line) => {
    if (line.startsWith('upload') && uploads() === 2) end()
  }
  void isOver.then(() => (registry.failure = undefined))
  await push('registry.test/app:1')
  expect(registry.tagged.has('app:1')).toBe(true)

  // What passes the source has tried again itself, so that nobody is asked for more than it found right.
  registry.linked.clear()
  registry.requests.length = 0
  registry.failure = { on: /^upload/, error: codedError('REGISTRY_UNREACHABLE', 'the connection broke') }
  await expect(push('registry.test/app:1')).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
  const asked = registry.requests.filter((line) => line.startsWith('upload'))
  expect(asked).toEqual([...new Set(asked)])
})

test('two pushes of an image that was made here compress it once, and the image has its manifest once', async () => {
  await load('registry.test/app:1')
  await images.api.tag({ ref: 'registry.test/app:1', target: 'registry.test/team/app:1' })
  const ingest = join(images.folder, 'images/ingest')
  const spools = new Set<string>()
  const watcher = watch(ingest, (_, name) => name?.startsWith('spool-') && spools.add(name))
  try {
    await Promise.all([push('registry.test/app:1'), push('registry.test/team/app:1')])
  } finally {
    watcher.close()
  }
  const { manifests } = await images.api.inspect({ ref: 'registry.test/app:1' })
  expect(manifests.map(({ digest }) => digest)).toEqual([registry.tagged.get('app:1')])
  expect(registry.tagged.get('team/app:1')).toBe(registry.tagged.get('app:1'))
  // One for the layers, one for the manifest.
  expect(spools.size).toBe(2)
})

test('who gives up a push leaves the other one of the same image what both were at', async () => {
  await load('registry.test/app:1')
  const given = new AbortController()
  const first = collect(images.api.push({ reference: 'registry.test/app:1' }, { signal: given.signal }))
  const second = push('registry.test/app:1')
  given.abort()
  await expect(first).rejects.toMatchObject({ code: 'CANCELLED' })
  await second
  expect(registry.tagged.has('app:1')).toBe(true)
})

test('a push that fails ends the other uploads of it', async () => {
  await load('registry.test/app:1')
  let waiting = 0
  registry.onUpload = async (digest, signal) => {
    waiting += 1
    if (waiting === 3) throw refusal('REGISTRY_DENIED', 'DENIED', `no ${digest}`)
    await new Promise((_, reject) => {
      signal?.addEventListener('abort', () => {
        waiting -= 1
        reject(signal.reason as Error)
      })
    })
  }
  await expect(push('registry.test/app:1')).rejects.toThrow(/^denied: no sha256/)
  expect(waiting).toBe(1)
})

test('a refusal is told in the words of the registry', async () => {
  await load('registry.test/app:1')
  registry.failure = {
    on: /^offer/,
    error: refusal('REGISTRY_DENIED', 'DENIED', 'requested access to the resource is denied'),
  }
  await expect(push('registry.test/app:1')).rejects.toThrow(/^denied: requested access to the resource is denied$/)
})

test('an image that is not here is told after the first line, as Docker does', async () => {
  const lines: Progress[] = []
  const missing = async (reference: string) => {
    for await (const item of images.api.push({ reference })) lines.push(item)
  }
  await expect(missing('registry.test/none:1')).rejects.toThrow(
    'An image does not exist locally with the tag: registry.test/none',
  )
  expect(lines).toEqual([{ status: 'The push refers to repository [registry.test/none]' }])
  await load('registry.test/app:1')
  await expect(missing('registry.test/app:2')).rejects.toThrow('tag does not exist: registry.test/app:2')
})
