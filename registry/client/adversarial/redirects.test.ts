import { randomBytes } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { Bench, collect } from '../fixtures/bench.ts'
import { wantPassword } from '../fixtures/guard.ts'
import { always } from '../fixtures/lies.ts'

const bench = new Bench()
afterEach(() => bench.close())

const credentials = { username: 'tester', password: 'secret' }

async function open() {
  const registry = await bench.registry()
  const bytes = randomBytes(50_000)
  const digest = registry.putBlob(bytes)
  return {
    registry,
    bytes,
    request: { registry: registry.host, repository: 'app', digest, size: bytes.length, credentials },
  }
}

test.each([301, 302, 303, 307, 308])('B10 a %d to another origin is followed without Authorization', async (status) => {
  const { registry, bytes, request } = await open()
  const store = await bench.registry({ address: '127.0.0.2' })
  store.putBlob(bytes)
  wantPassword(registry, 'tester', 'secret')
  const client = bench.client()
  expect((await collect(client.blob(request))).equals(bytes)).toBe(true)
  registry.on(/GET .*blobs/, always(status, { location: `${store.origin}/v2/app/blobs/${request.digest}` }))
  expect((await collect(client.blob({ ...request, offset: 1000 }))).equals(bytes.subarray(1000))).toBe(true)
  expect(registry.seen.at(-1)?.headers.authorization).toMatch(/^Basic /)
  const [seen] = store.requests(/GET .*blobs/)
  expect(seen?.headers.authorization).toBeUndefined()
  expect(seen?.headers.range).toBe('bytes=1000-')
})

test('B10 a redirect within the registry keeps Authorization', async () => {
  const { registry, bytes, request } = await open()
  wantPassword(registry, 'tester', 'secret')
  registry.on(/GET \/v2\/app\/blobs/, async (exchange) => {
    if (exchange.request.headers.authorization === undefined) {
      return void (await always(401, { 'www-authenticate': 'Basic realm="test"' })(exchange))
    }
    await always(302, { location: `/v2/moved/blobs/${request.digest}` })(exchange)
  })
  expect((await collect(bench.client().blob(request))).equals(bytes)).toBe(true)
})

test('B10 another origin that wants credentials does not get them', async () => {
  const { registry, request } = await open()
  const store = await bench.registry({ address: '127.0.0.2' })
  wantPassword(store, 'tester', 'secret')
  registry.on(/GET .*blobs/, always(307, { location: `${store.origin}/v2/app/blobs/${request.digest}` }))
  await expect(collect(bench.client().blob(request))).rejects.toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' })
  expect(store.seen.every(({ headers }) => headers.authorization === undefined)).toBe(true)
})

test('B10 a loop of redirects ends, and so does one to what is no address', async () => {
  const { registry, request } = await open()
  registry.on(/GET .*blobs/, always(302, { location: `/v2/app/blobs/${request.digest}` }))
  const invalid = { code: 'REGISTRY_ANSWER_INVALID', message: expect.stringContaining('redirects') }
  await expect(collect(bench.client().blob(request))).rejects.toMatchObject(invalid)
  expect(registry.requests(/GET .*blobs/).length).toBeLessThan(10)
  for (const location of ['http://', 'file:///etc/passwd', 'ftp://127.0.0.1/x', 'http://a:b@127.0.0.1/x']) {
    registry.on(/GET .*blobs/, always(302, { location }))
    await expect(collect(bench.client().blob(request))).rejects.toMatchObject(invalid)
  }
})

test('B10 a redirect to an address of the link, where clouds keep secrets, is refused', async () => {
  const { registry, request } = await open()
  registry.on(/GET .*blobs/, always(302, { location: 'http://169.254.169.254/latest/meta-data/' }))
  await expect(collect(bench.client().blob(request))).rejects.toMatchObject({ code: 'REGISTRY_DENIED' })
})

test('B9 a foreign layer is not taken from where it says unless that is allowed', async () => {
  const { registry, request } = await open()
  const elsewhere = await bench.registry({ address: '127.0.0.2' })
  registry.blobs.clear()
  const asked = collect(bench.client().blob({ ...request, urls: [`https://${elsewhere.host}/layer`] }))
  await expect(asked).rejects.toMatchObject({
    code: 'REGISTRY_NOT_FOUND',
    message: expect.stringContaining('layers from elsewhere are not allowed'),
    hint: expect.stringContaining('allowForeignLayers'),
  })
  expect(elsewhere.seen).toEqual([])
})

test('B9 where foreign layers are allowed, this machine, plain HTTP and what is no address are still not asked', async () => {
  const { registry, request } = await open()
  const elsewhere = await bench.registry({ address: '127.0.0.2' })
  registry.blobs.clear()
  const urls = [`https://${elsewhere.host}/layer`, `http://${elsewhere.host}/layer`, 'file:///etc/passwd', 'no url']
  const asked = collect(bench.client({ allowForeignLayers: true }).blob({ ...request, urls }))
  await expect(asked).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' })
  expect(elsewhere.connections).toBe(0)
  expect(elsewhere.seen).toEqual([])
})
