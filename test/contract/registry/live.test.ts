import { createHash, randomBytes } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import type { RegistryClient } from '@moby/registry/client'
import { registryUser, type RegistryPeer } from '../../peers/registry.ts'
import { Stage } from './clients.ts'

const stage = new Stage()
afterEach(() => stage.close())

const repository = 'team/app'
const mediaType = 'application/vnd.oci.image.manifest.v1+json'
const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(chunks))
}

type Credentials = { readonly username?: string; readonly password?: string; readonly identityToken?: string }

/** Puts an image of one layer; answers the layer's descriptor and the manifest's digest. */
async function push(client: RegistryClient, { host }: RegistryPeer, bytes: Buffer, credentials: Credentials = {}) {
  const at = { registry: host, repository, credentials }
  const config = Buffer.from('{}')
  for (const each of [bytes, config]) {
    await client.upload({ ...at, digest: digestOf(each), size: each.length }, inPieces(each))
  }
  const describe = (type: string, each: Buffer) => ({ mediaType: type, digest: digestOf(each), size: each.length })
  const content = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: describe('application/vnd.oci.image.config.v1+json', config),
      layers: [describe('application/vnd.oci.image.layer.v1.tar', bytes)],
    }),
  )
  const digest = await client.putManifest({ ...at, reference: 'one', mediaType, content })
  return { at, blob: { ...at, digest: digestOf(bytes), size: bytes.length }, digest, content }
}

test.each([
  ['in one piece', 64 << 20],
  ['as a stream', 1 << 20],
])('a blob that is pushed %s comes back', async (_what, chunkBytes) => {
  const registry = await stage.registry()
  const client = stage.client({ chunkBytes })
  const bytes = randomBytes(20 << 20)
  const { at, blob, digest, content } = await push(client, registry, bytes)
  expect((await read(client.blob(blob))).equals(bytes)).toBe(true)
  expect((await read(client.blob({ ...blob, offset: 10 << 20 }))).equals(bytes.subarray(10 << 20))).toBe(true)
  const found = await client.manifest({ ...at, reference: 'one' })
  expect(found).toMatchObject({ mediaType, digest, size: content.length, from: registry.host })
  expect(Buffer.from(found.content).equals(content)).toBe(true)
  expect(await Array.fromAsync(client.tags(at))).toEqual(['one'])
})

test('a blob of another repository is mounted, not sent', async () => {
  const registry = await stage.registry()
  const client = stage.client()
  const { blob } = await push(client, registry, randomBytes(100_000))
  const there = { ...blob, repository: 'other/app' }
  const offered = await client.offer({ ...there, mountFrom: ['nowhere/app', repository] })
  expect(offered).toEqual({ present: true, mountedFrom: repository })
  expect(await client.offer(there)).toEqual({ present: true })
})

test('a registry with passwords takes the right one, and says what is wrong with another', async () => {
  const registry = await stage.registry({ auth: 'basic' })
  const client = stage.client()
  expect(await client.login({ registry: registry.host, credentials: registryUser })).toEqual({})
  const { at, blob } = await push(client, registry, randomBytes(3 << 20), registryUser)
  expect((await read(client.blob(blob))).length).toBe(3 << 20)
  const unauthorized = {
    code: 'REGISTRY_UNAUTHORIZED',
    message: expect.stringContaining(registry.host),
    hint: expect.stringContaining(`docker login ${registry.host}`),
  }
  const credentials = { username: 'tester', password: 'wrong' }
  await expect(client.login({ registry: registry.host, credentials })).rejects.toMatchObject(unauthorized)
  await expect(client.manifest({ ...at, reference: 'one', credentials })).rejects.toMatchObject(unauthorized)
  await expect(client.manifest({ ...at, reference: 'one', credentials: {} })).rejects.toMatchObject(unauthorized)
})

test('a registry with tokens: log in, push, pull, mount, and pull as somebody who is not known', async () => {
  const registry = await stage.registry({ auth: 'token', open: /^team\/app$/ })
  const client = stage.client()
  const { identityToken = '' } = await client.login({ registry: registry.host, credentials: registryUser })
  expect(identityToken).not.toBe('')
  const { at, blob } = await push(client, registry, randomBytes(3 << 20), registryUser)
  const byToken = { ...at, credentials: { username: '<token>', identityToken } }
  const offered = await client.offer({
    ...byToken,
    repository: 'other/app',
    digest: blob.digest,
    mountFrom: [repository],
  })
  expect(offered).toEqual({ present: true, mountedFrom: repository })
  const anybody = { ...blob, credentials: {} }
  expect((await read(client.blob(anybody))).length).toBe(3 << 20)
  const forbidden = client.upload(
    { ...anybody, digest: digestOf(Buffer.from('x')), size: 1 },
    inPieces(Buffer.from('x')),
  )
  await expect(forbidden).rejects.toMatchObject({ kind: expect.stringMatching(/denied|unauthorized/) })
  const credentials = { username: 'tester', password: 'wrong' }
  await expect(client.login({ registry: registry.host, credentials })).rejects.toMatchObject({
    code: 'REGISTRY_UNAUTHORIZED',
    message: expect.stringContaining('incorrect username or password'),
  })
  // One token for each thing to do, not one for each request.
  expect(registry.tokens?.asked.length).toBeLessThan(12)
})

test(
  'B12 a token that expires in the middle of a pull and of a push is renewed by the way',
  { timeout: 60_000 },
  async () => {
    // The registry takes tokens until a minute after their end.
    const registry = await stage.registry({ auth: 'token', tokenLifetime: -58 })
    const client = stage.client({ chunkBytes: 1 << 20 })
    const bytes = randomBytes(4 << 20)
    const { blob } = await push(client, registry, bytes, registryUser)
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
    const asked = registry.tokens?.asked.length ?? 0
    const began = performance.now()
    expect((await read(client.blob({ ...blob, offset: 3 << 20 }))).length).toBe(1 << 20)
    await wait(3_500)
    expect((await read(client.blob(blob))).equals(bytes)).toBe(true)
    await wait(3_500)
    expect(await client.offer(blob)).toEqual({ present: true })
    const now = registry.tokens?.asked.length ?? 0
    expect(now - asked).toBeGreaterThanOrEqual(2)
    // One token serves for all that is asked in two seconds.
    expect(now - asked).toBeLessThan(3 + (performance.now() - began) / 1_000)
  },
)

test('what is read comes of a mirror first, and of the registry when the mirror is gone', async () => {
  const registry = await stage.registry()
  const mirror = await stage.registry({ mirrorOf: registry.url })
  const { at, blob } = await push(stage.client(), registry, randomBytes(2 << 20))
  const registries = { [registry.host]: { mirrors: [mirror.url] } }
  const client = stage.client({ registries })
  expect((await client.manifest({ ...at, reference: 'one' })).from).toBe(mirror.host)
  expect((await read(client.blob(blob))).length).toBe(2 << 20)
  await mirror.stop()
  expect((await client.manifest({ ...at, reference: 'one' })).from).toBe(registry.host)
  expect((await read(client.blob(blob))).length).toBe(2 << 20)
})

test('what is written goes to the registry itself, and what a mirror lacks is asked there', async () => {
  const registry = await stage.registry()
  const mirror = await stage.registry()
  const registries = { [registry.host]: { mirrors: [mirror.url] } }
  const client = stage.client({ registries })
  const { at } = await push(client, registry, randomBytes(10_000))
  expect((await client.manifest({ ...at, reference: 'one' })).from).toBe(registry.host)
  const none = client.manifest({ ...at, reference: 'none' })
  await expect(none).rejects.toMatchObject({
    code: 'REGISTRY_NOT_FOUND',
    details: { tried: [{ host: mirror.host, code: 'REGISTRY_NOT_FOUND' }] },
  })
})

test('credentials of a registry do not go to its mirrors', async () => {
  const registry = await stage.registry({ auth: 'basic' })
  const mirror = await stage.registry({ auth: 'basic' })
  const registries = { [registry.host]: { mirrors: [mirror.url] } }
  const { at } = await push(stage.client(), mirror, randomBytes(10), registryUser)
  const here = { ...at, registry: registry.host, reference: 'one' }
  // The mirror has it for these credentials, the registry does not have it.
  await expect(stage.client({ registries }).manifest(here)).rejects.toMatchObject({
    code: 'REGISTRY_NOT_FOUND',
    details: { host: registry.host, tried: [{ host: mirror.host, code: 'REGISTRY_UNAUTHORIZED' }] },
  })
})

test('errors name registry, repository, cause and remedy', async () => {
  const registry = await stage.registry()
  const client = stage.client()
  await push(client, registry, randomBytes(10))
  const ask = (name: string, reference: string) =>
    client.manifest({ registry: registry.host, repository: name, reference })
  await expect(ask(repository, 'two')).rejects.toMatchObject({
    message: expect.stringMatching(/^127\.0\.0\.1:\d+\/team\/app:two: the registry has no such tag .*MANIFEST_UNKNOWN/),
    hint: 'Check the name; tags are case-sensitive.',
  })
  const closed = client.manifest({ registry: '127.0.0.1:1', repository, reference: 'one' })
  await expect(closed).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: '127.0.0.1:1/team/app:one: 127.0.0.1:1 cannot be reached: nobody listens there',
    hint: expect.stringContaining('Check the name of the registry'),
  })
  const nobody = client.manifest({ registry: 'registry.invalid', repository, reference: 'one' })
  await expect(nobody).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: expect.stringMatching(
      /registry\.invalid cannot be reached: (there is no host of that name|the name server)/,
    ),
  })
})
