import { randomBytes } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { Bench, collect, inPieces } from '../fixtures/bench.ts'
import { giveToken, wantPassword, wantToken } from '../fixtures/guard.ts'
import { always, cutAfter } from '../fixtures/lies.ts'
import { digestOf } from '../digest.ts'

const bench = new Bench()
afterEach(() => bench.close())

const credentials = { username: 'tester', password: 'secret' }
const repository = 'team/app'

async function open() {
  const registry = await bench.registry()
  registry.putManifest(repository, 'one', { schemaVersion: 2 })
  return { registry, request: { registry: registry.host, repository, reference: 'one', credentials } }
}

test('B11 a realm at another host gets no credentials, and is not even asked', async () => {
  const { registry, request } = await open()
  const attacker = await bench.registry({ address: '127.0.0.2' })
  wantToken(registry, `${attacker.origin}/token`, () => true)
  await expect(bench.client().manifest(request)).rejects.toMatchObject({
    code: 'REGISTRY_REALM_REFUSED',
    message: expect.stringContaining(attacker.origin),
    hint: expect.stringContaining('trustedRealms'),
  })
  expect(attacker.seen).toEqual([])
})

test('B11 a realm at another host may be asked by somebody without credentials, or when it is configured', async () => {
  const { registry, request } = await open()
  const tokens = await bench.registry({ address: '127.0.0.2' })
  tokens.on(
    /\/token/,
    giveToken(() => ({ token: 'good' })),
  )
  wantToken(registry, `${tokens.origin}/token`, (token) => token === 'good')
  const { credentials: _none, ...anonymous } = request
  expect((await bench.client().manifest(anonymous)).size).toBe(19)
  expect(tokens.seen.at(-1)?.headers.authorization).toBeUndefined()
  const registries = { [registry.host]: { trustedRealms: [tokens.host] } }
  expect((await bench.client({ registries }).manifest(request)).size).toBe(19)
  expect(tokens.seen.at(-1)?.headers.authorization).toMatch(/^Basic /)
})

test.each([
  'file:///etc/passwd',
  'http://169.254.169.254/latest/meta-data',
  'http://[fe80::1]/token',
  'gopher://127.0.0.1/',
  'ftp://127.0.0.1/token',
  'data:application/json,{"token":"x"}',
  'http://user:password@127.0.0.1/token',
  '/token',
  'not a url',
  '',
])('B11 %j is no realm, with credentials or without', async (realm) => {
  const { registry, request } = await open()
  wantToken(registry, realm, () => true)
  const refused = { code: 'REGISTRY_REALM_REFUSED' }
  await expect(bench.client().manifest(request)).rejects.toMatchObject(refused)
  const { credentials: _none, ...anonymous } = request
  await expect(bench.client().manifest(anonymous)).rejects.toMatchObject(refused)
})

test('B11 a token service that redirects elsewhere takes no credentials along', async () => {
  const { registry, request } = await open()
  const attacker = await bench.registry({ address: '127.0.0.2' })
  attacker.on(
    /./,
    giveToken(() => ({ token: 'bad' })),
  )
  wantToken(registry, `${registry.origin}/token`, () => false)
  registry.on(/\/token/, always(307, { location: `${attacker.origin}/token` }))
  await expect(bench.client().manifest(request)).rejects.toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' })
  expect(attacker.seen.map(({ headers }) => headers.authorization)).not.toContainEqual(expect.anything())
})

test('B11 a scope that the registry names does not widen what is asked for', async () => {
  const { registry, request } = await open()
  const scopes: string[][] = []
  registry.on(
    /\/token/,
    giveToken((form) => (scopes.push(form.getAll('scope')), { token: 'good' })),
  )
  wantToken(registry, `${registry.origin}/token`, (token) => token === 'good')
  await bench.client().manifest(request)
  expect(scopes).toEqual([[`repository:${repository}:pull`]])
})

test('B12 a token that expires in the middle of a blob is fetched anew once, and the blob goes on', async () => {
  const { registry, request } = await open()
  const bytes = randomBytes(200_000)
  const digest = registry.putBlob(bytes)
  let [issued, valid] = [0, 0]
  wantToken(registry, `${registry.origin}/token`, (token) => token === `token-${valid}`)
  registry.on(
    /\/token/,
    giveToken(() => ({ token: `token-${(valid = issued += 1)}` })),
  )
  const client = bench.client()
  await client.manifest(request)
  let isCut = false
  registry.on(/GET .*blobs.*/, async (exchange) => {
    if (exchange.request.headers.authorization !== `Bearer token-${valid}`) {
      const challenge = `Bearer realm="${registry.origin}/token",service="test"`
      return void (await always(401, { 'www-authenticate': challenge })(exchange))
    }
    if (isCut) return void (await registry.faithful(exchange))
    isCut = true
    valid = -1
    await cutAfter({ bytes }, 100_000)(exchange)
  })
  const { reference: _tag, ...place } = request
  expect((await collect(client.blob({ ...place, digest, size: bytes.length }))).equals(bytes)).toBe(true)
  expect(issued).toBe(2)
  const ranges = registry.requests(/GET .*blobs/).map(({ headers }) => headers.range)
  expect(ranges).toEqual([undefined, 'bytes=100000-', 'bytes=100000-'])
})

test('B12 a token that is refused at once is fetched anew once, not for ever', async () => {
  const { registry, request } = await open()
  let issued = 0
  wantToken(registry, `${registry.origin}/token`, () => false)
  registry.on(
    /\/token/,
    giveToken(() => ({ token: `token-${(issued += 1)}` })),
  )
  await expect(bench.client().manifest(request)).rejects.toMatchObject({
    code: 'REGISTRY_UNAUTHORIZED',
    kind: 'unauthorized',
    message: expect.stringContaining(`${registry.host}/${repository}:one`),
  })
  expect(issued).toBeLessThanOrEqual(2)
})

test('B12 an upload whose token expires between its parts goes on with a new one', async () => {
  const { registry, request } = await open()
  const bytes = randomBytes(600_000)
  registry.uploads.leastChunk = 100_000
  let [issued, left] = [0, 0]
  wantToken(registry, `${registry.origin}/token`, (token) => token === `token-${issued}` && (left -= 1) >= 0)
  registry.on(
    /\/token/,
    giveToken(() => ((left = 3), { token: `token-${(issued += 1)}` })),
  )
  const { reference: _tag, ...place } = request
  const client = bench.client({ chunkBytes: 100_000 })
  await client.upload({ ...place, digest: digestOf(bytes), size: bytes.length }, inPieces(bytes))
  expect(registry.blobs.get(digestOf(bytes))).toEqual(bytes)
  expect(issued).toBeGreaterThan(1)
})

test.each([
  ['token alone', { token: 'good' }],
  ['access_token alone', { access_token: 'good' }],
  ['both', { token: 'good', access_token: 'bad' }],
  ['an empty token', { token: '', access_token: 'good' }],
  ['no expiry', { token: 'good', issued_at: '2000-01-01T00:00:00Z' }],
  ['an expiry of nonsense', { token: 'good', expires_in: -1e300 }],
])('B13 a token service that answers %s is understood', async (_what, body) => {
  const { registry, request } = await open()
  wantToken(registry, `${registry.origin}/token`, (token) => token === 'good')
  registry.on(
    /\/token/,
    giveToken(() => body),
  )
  expect((await bench.client().manifest(request)).size).toBe(19)
})

test.each([
  ['an empty object', '{}'],
  ['a page', '<html><body>Welcome to the Wi-Fi</body></html>'],
  ['nothing', ''],
  ['a list', '["good"]'],
  ['null', 'null'],
  ['a number for a token', '{"token":7}'],
  ['a token that breaks a header', '{"token":"good\\r\\nx-evil: 1"}'],
  ['more than 1 MiB', `{"token":"${'x'.repeat(2 << 20)}"}`],
])('B13 a token service that answers %s is named in the error', async (_what, body) => {
  const { registry, request } = await open()
  wantToken(registry, `${registry.origin}/token`, () => true)
  registry.on(/\/token/, always(200, {}, body))
  await expect(bench.client().manifest(request)).rejects.toMatchObject({
    code: 'REGISTRY_ANSWER_INVALID',
    message: expect.stringMatching(/token service .* answered without a token/),
  })
})

test('B13 credentials that the token service refuses are told as such, with what it says', async () => {
  const { registry, request } = await open()
  wantToken(registry, `${registry.origin}/token`, () => true)
  registry.on(/\/token/, always(401, {}, '{"details":"incorrect username or password"}'))
  await expect(bench.client().manifest(request)).rejects.toMatchObject({
    code: 'REGISTRY_UNAUTHORIZED',
    message: expect.stringContaining('incorrect username or password'),
    hint: expect.stringContaining(`docker login ${registry.host}`),
  })
})

test('B11 a password goes by each request to the registry that wants one, and nowhere else', async () => {
  const { registry, request } = await open()
  wantPassword(registry, 'tester', 'secret')
  expect((await bench.client().manifest(request)).size).toBe(19)
  const wrong = { ...request, credentials: { username: 'tester', password: 'wrong' } }
  await expect(bench.client().manifest(wrong)).rejects.toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' })
  const [first] = registry.seen
  expect(first?.headers.authorization).toBeUndefined()
})

test('B13 a token service that is not there is not taken for a registry that lacks something', async () => {
  const { registry, request } = await open()
  wantToken(registry, `${registry.origin}/nowhere`, () => false)
  registry.on(/\/nowhere/, always(404))
  const { reference: _none, ...inRepository } = request
  const digest = `sha256:${'0'.repeat(64)}`
  for (const ask of [
    () => bench.client().manifest(request),
    async () => {
      for await (const _ of bench.client().referrers({ ...inRepository, digest }));
    },
  ]) {
    await expect(ask()).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER_INVALID',
      message: expect.stringContaining('no token service'),
    })
  }
})
