import { randomBytes } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { digestOf, parseDigest } from '../digest.ts'
import { answer } from '../fixtures/exchange.ts'
import { Bench, collect } from '../fixtures/bench.ts'
import { always, cutAfter, write } from '../fixtures/lies.ts'
import { indexType, manifestType } from '../fixtures/scripted-registry.ts'

const bench = new Bench()
afterEach(() => bench.close())

const at = (registry: { readonly host: string }) => ({ registry: registry.host, repository: 'team/app' })
const none = `sha256:${'0'.repeat(64)}`

test('B3 a manifest whose bytes have another digest than was asked for is not taken', async () => {
  const registry = await bench.registry()
  const digest = registry.putManifest('team/app', 'one', { schemaVersion: 2 })
  const headers = { 'content-type': manifestType, 'docker-content-digest': digest }
  registry.on(/GET .*manifests/, always(200, headers, '{"schemaVersion":2,"evil":true}'))
  const asked = bench.client().manifest({ ...at(registry), reference: digest })
  await expect(asked).rejects.toMatchObject({
    code: 'CONTENT_MISMATCH',
    message: expect.stringContaining(`${registry.host}/team/app@${digest}`),
  })
})

test('B3 the digest of a manifest by tag is that of its bytes, whatever the registry tells', async () => {
  const registry = await bench.registry()
  const content = '{"schemaVersion":2}'
  registry.on(/GET .*manifests/, always(200, { 'content-type': manifestType, 'docker-content-digest': none }, content))
  const { digest } = await bench.client().manifest({ ...at(registry), reference: 'one' })
  expect(digest).toBe(digestOf(Buffer.from(content)))
})

test('B3 a registry that tells two digests for one manifest is not believed', async () => {
  const registry = await bench.registry()
  registry.on(/HEAD .*manifests/, always(200, { 'content-length': '9', 'docker-content-digest': none }))
  const other = `sha256:${'1'.repeat(64)}`
  const asked = bench.client().head({ ...at(registry), reference: other })
  await expect(asked).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' })
  registry.on(/HEAD .*manifests/, always(200, { 'content-length': '9', 'docker-content-digest': 'sha256:../../x' }))
  const told = bench.client().head({ ...at(registry), reference: 'one' })
  await expect(told).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' })
})

test.each([
  'sha256:../../x',
  'sha256:abc',
  `sha256:${'A'.repeat(64)}`,
  `sha256:${'a'.repeat(65)}`,
  `md5:${'a'.repeat(32)}`,
  `sha512:${'a'.repeat(64)}`,
  `sha256:${'a'.repeat(63)}\n`,
  `sha256:${'a'.repeat(64)}/../x`,
  ':',
  'sha256:',
  `__proto__:${'a'.repeat(64)}`,
  `sha256:${'a'.repeat(1_000_000)}`,
])('B4 what is no digest is refused, and nothing is asked for it (%#)', async (digest) => {
  const registry = await bench.registry()
  const client = bench.client()
  const invalid = { code: 'DIGEST_INVALID', kind: 'invalid' }
  await expect(client.manifest({ ...at(registry), reference: digest })).rejects.toMatchObject(invalid)
  await expect(collect(client.blob({ ...at(registry), digest, size: 1 }))).rejects.toMatchObject(invalid)
  await expect(client.offer({ ...at(registry), digest })).rejects.toMatchObject(invalid)
  await expect(client.upload({ ...at(registry), digest, size: 0 }, empty())).rejects.toMatchObject(invalid)
  expect(() => parseDigest(digest)).toThrow(expect.objectContaining(invalid) as Error)
  expect(registry.seen).toEqual([])
})

test.each([-1, 2 ** 63, 2 ** 53, 1.5, Number.NaN, Infinity])(
  'B5 a blob of %s bytes is refused before it is asked for',
  async (size) => {
    const registry = await bench.registry()
    const asked = collect(bench.client().blob({ ...at(registry), digest: none, size }))
    await expect(asked).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' })
    expect(registry.seen).toEqual([])
  },
)

test.each([-1, 1])('B5 a blob whose descriptor is %d off is refused, told or not', async (off) => {
  const registry = await bench.registry()
  const bytes = randomBytes(100_000)
  const digest = registry.putBlob(bytes)
  const request = { ...at(registry), digest, size: bytes.length + off }
  const mismatch = { code: 'CONTENT_MISMATCH' }
  await expect(collect(bench.client().blob(request))).rejects.toMatchObject(mismatch)
  await expect(collect(bench.client().blob({ ...request, offset: 5_000 }))).rejects.toMatchObject(mismatch)
  // A server that tells no length: the bytes themselves are counted.
  registry.on(/GET .*blobs/, ({ response }) => {
    response.writeHead(200)
    response.end(bytes)
  })
  const unchecked = bench.client().blob({ ...request, unchecked: true })
  if (off < 0) await expect(collect(unchecked)).rejects.toMatchObject(mismatch)
  else await expect(collect(unchecked)).rejects.toMatchObject({ kind: expect.stringMatching(/invalid|unavailable/) })
})

test('B6 a manifest of 100 MiB is refused by its head', async () => {
  const registry = await bench.registry()
  registry.on(/GET .*manifests/, ({ response }) => {
    response.writeHead(200, { 'content-type': manifestType, 'content-length': String(100 << 20) })
    response.write(Buffer.alloc(65_536, 32))
  })
  const asked = bench.client().manifest({ ...at(registry), reference: 'huge' })
  await expect(asked).rejects.toMatchObject({
    code: 'MANIFEST_LIMIT',
    message: expect.stringContaining('larger than 4 MiB'),
  })
})

test('B6 a manifest that tells no length is read no further than the limit', async () => {
  const registry = await bench.registry()
  let sent = 0
  registry.on(/GET .*manifests/, async (exchange) => {
    exchange.response.writeHead(200, { 'content-type': manifestType })
    const piece = Buffer.alloc(1 << 20, 32)
    for (; sent < 100 << 20 && !exchange.response.destroyed; sent += piece.length) await write(exchange, piece)
    exchange.response.end()
  })
  const asked = bench.client().manifest({ ...at(registry), reference: 'huge' })
  await expect(asked).rejects.toMatchObject({ code: 'MANIFEST_LIMIT' })
  expect(sent).toBeLessThan(40 << 20)
})

test('B6 a list of a million descriptors meets the limit, one nested 100000 deep is no index', async () => {
  const registry = await bench.registry()
  const entry = JSON.stringify({ mediaType: manifestType, digest: none, size: 1 })
  const million = `{"schemaVersion":2,"manifests":[${`${entry},`.repeat(999_999)}${entry}]}`
  const client = bench.client()
  const list = async (): Promise<unknown[]> =>
    await Array.fromAsync(client.referrers({ ...at(registry), digest: none }))
  registry.on(/GET .*referrers/, (exchange) => answer(exchange, 200, { 'content-type': indexType }, million))
  await expect(list()).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' })
  const deep = `{"manifests":[${'['.repeat(100_000)}${']'.repeat(100_000)}]}`
  registry.on(/GET .*referrers/, always(200, { 'content-type': indexType }, deep))
  await expect(list()).rejects.toMatchObject({ code: 'MANIFEST_INVALID' })
})

test('B15 a manifest whose connection breaks in the middle is asked for again, a few times', async () => {
  const registry = await bench.registry()
  const content = Buffer.from(`{"schemaVersion":2,"pad":"${'x'.repeat(5_000)}"}`)
  const breaking = cutAfter({ bytes: content }, 1_000)
  const asked = () => registry.requests(/GET .*manifests/).length
  registry.on(/GET .*manifests/, always(200, { 'content-type': manifestType }, content))
  registry.on(/GET .*manifests/, breaking, 2)
  const { digest } = await bench.client().manifest({ ...at(registry), reference: 'one' })
  expect(digest).toBe(digestOf(content))
  expect(asked()).toBe(3)
  registry.on(/GET .*manifests/, breaking)
  await expect(bench.client().manifest({ ...at(registry), reference: 'one' })).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: expect.stringContaining('broke'),
  })
  expect(asked()).toBe(3 + 4)
})

async function* empty(): AsyncGenerator<Uint8Array, void, undefined> {}
