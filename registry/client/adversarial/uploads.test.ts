import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { digestOf } from '../digest.ts'
import { Bench, inPieces } from '../fixtures/bench.ts'
import { answer } from '../fixtures/exchange.ts'
import { wantPassword } from '../fixtures/guard.ts'
import { always, silence } from '../fixtures/lies.ts'
import type { ScriptedRegistry } from '../fixtures/scripted-registry.ts'

const bench = new Bench()
afterEach(() => bench.close())

const small = randomBytes(1000)
const large = randomBytes(500_000)
// A blob of more than this is sent as a stream, or in chunks where the registry wants them.
const settings = { chunkBytes: 100_000 }

const requestFor = (registry: ScriptedRegistry, bytes: Uint8Array) => ({
  registry: registry.host,
  repository: 'team/app',
  digest: digestOf(bytes),
  size: bytes.length,
})

const isThere = (registry: ScriptedRegistry, bytes: Buffer): boolean =>
  bytes.equals(registry.blobs.get(digestOf(bytes)) ?? Buffer.alloc(0))

test.each([
  ['relative', () => ''],
  ['absolute', ({ origin }: ScriptedRegistry) => origin],
])('B17 a location that is %s is followed with its query as it is', async (_what, prefix) => {
  const registry = await bench.registry()
  registry.uploads.prefix = prefix(registry)
  for (const bytes of [small, large]) {
    await bench.client(settings).upload(requestFor(registry, bytes), inPieces(bytes))
    expect(isThere(registry, bytes)).toBe(true)
  }
  for (const { path } of registry.requests(/^(PATCH|PUT)/)) expect(path).toContain('?state=a%2Fb')
  expect(registry.uploads.open.size).toBe(0)
})

test('B17 an upload that goes on at another host goes there without credentials', async () => {
  const registry = await bench.registry()
  const store = await bench.registry({ address: '127.0.0.2' })
  wantPassword(registry, 'tester', 'secret')
  registry.on(/^POST .*uploads/, async (exchange) => {
    if (exchange.request.headers.authorization === undefined) {
      return void (await always(401, { 'www-authenticate': 'Basic realm="test"' })(exchange))
    }
    store.uploads.prefix = store.origin
    store.uploads.begin(exchange, 'team/app')
  })
  const credentials = { username: 'tester', password: 'secret' }
  for (const bytes of [small, large]) {
    await bench.client(settings).upload({ ...requestFor(registry, bytes), credentials }, inPieces(bytes))
    expect(isThere(store, bytes)).toBe(true)
  }
  expect(store.seen.length).toBeGreaterThan(2)
  expect(store.seen.every(({ headers }) => headers.authorization === undefined)).toBe(true)
})

test.each(['http://', 'ftp://127.0.0.1/x', 'file:///etc/passwd', 'http://a:b@127.0.0.1/x', undefined])(
  'B17 a location of %j is told as an answer that is none',
  async (location) => {
    const registry = await bench.registry()
    registry.on(/^POST .*uploads/, always(202, location === undefined ? {} : { location }))
    await expect(bench.client().upload(requestFor(registry, small), inPieces(small))).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER_INVALID',
      message: expect.stringContaining('team/app@sha256:'),
    })
    expect(registry.requests(/^(PATCH|PUT)/)).toEqual([])
  },
)

test('B17 an upload that goes on at an address of the link is refused', async () => {
  const registry = await bench.registry()
  registry.on(/^POST .*uploads/, always(202, { location: 'http://169.254.169.254/latest/' }))
  const sent = bench.client().upload(requestFor(registry, small), inPieces(small))
  await expect(sent).rejects.toMatchObject({ code: 'REGISTRY_DENIED' })
})

test('B18 a chunk that is answered 416 is followed by a question for the status, and goes on from there', async () => {
  const registry = await bench.registry()
  registry.uploads.leastChunk = 100_000
  registry.on(/^PATCH/, always(416), 1)
  await bench.client(settings).upload(requestFor(registry, large), inPieces(large))
  expect(isThere(registry, large)).toBe(true)
  expect(registry.requests(/^GET .*uploads/).length).toBe(1)
  const ranges = registry.requests(/^PATCH/).map(({ headers }) => headers['content-range'])
  expect(ranges).toEqual([0, 0, 1, 2, 3, 4].map((at) => `${at * 100_000}-${at * 100_000 + 99_999}`))
})

test('B18 a registry that has fewer bytes than were sent gets the rest from where it is', async () => {
  const registry = await bench.registry()
  registry.uploads.leastChunk = 100_000
  const half = async (exchange: Parameters<ReturnType<typeof always>>[0]): Promise<void> => {
    const [id, parts] = [...registry.uploads.open][0] ?? []
    const chunks: Buffer[] = []
    for await (const chunk of exchange.request as AsyncIterable<Buffer>) chunks.push(chunk)
    parts?.push(Buffer.concat(chunks).subarray(0, 50_000))
    answer(exchange, 202, { location: `/v2/team/app/blobs/uploads/${id}`, range: '0-49999' })
  }
  registry.on(/^PATCH/, half, 1)
  await bench.client(settings).upload(requestFor(registry, large), inPieces(large))
  expect(isThere(registry, large)).toBe(true)
  expect(registry.requests(/^PATCH/)[1]?.headers['content-range']).toBe('50000-149999')
})

test('B18 a stream that breaks off goes on from the byte that the registry has', async () => {
  const registry = await bench.registry()
  const breakOff = ({ request }: Parameters<ReturnType<typeof always>>[0]): void => {
    const [parts] = registry.uploads.open.values()
    let got = 0
    request.on('data', (chunk: Buffer) => {
      if (got < 200_000) parts?.push(chunk)
      got += chunk.length
      if (got >= 200_000) request.socket.resetAndDestroy()
    })
  }
  registry.on(/^PATCH/, breakOff, 1)
  await bench.client(settings).upload(requestFor(registry, large), inPieces(large))
  expect(isThere(registry, large)).toBe(true)
  const [, second] = registry.requests(/^PATCH/)
  expect(Number(second?.headers['content-range']?.split('-')[0])).toBeGreaterThanOrEqual(200_000)
})

test('B18 a registry that has forgotten an upload wants it from the start, and the error says so', async () => {
  const registry = await bench.registry()
  const forget = ({ request }: Parameters<ReturnType<typeof always>>[0]): void => {
    registry.uploads.open.clear()
    request.once('data', () => request.socket.resetAndDestroy())
  }
  registry.on(/^PATCH/, forget, 1)
  const upload = bench.client(settings).upload(requestFor(registry, large), inPieces(large))
  await expect(upload).rejects.toMatchObject({ code: 'REGISTRY_FAILED', details: { restart: true } })
  await bench.client(settings).upload(requestFor(registry, large), inPieces(large))
  expect(isThere(registry, large)).toBe(true)
})

test('B18 a registry that answers 416 for ever, or claims more than the blob has, fails the upload', async () => {
  const registry = await bench.registry()
  registry.uploads.leastChunk = 100_000
  registry.on(/^PATCH/, always(416))
  const sent = () => bench.client(settings).upload(requestFor(registry, large), inPieces(large))
  await expect(sent()).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' })
  registry.on(/^GET .*uploads/, always(204, { range: '0-99999999' }))
  await expect(sent()).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' })
  await expect.poll(() => registry.uploads.open.size).toBe(0)
})

test('B18 a registry that takes nothing of an upload is given up after the stall time', async () => {
  const registry = await bench.registry()
  registry.on(/^PATCH/, ({ request }) => void request.pause())
  const big = Buffer.alloc(40 << 20)
  const sent = bench.client({ stallMs: 200 }).upload(requestFor(registry, big), inPieces(big, 1 << 20))
  await expect(sent).rejects.toMatchObject({ code: 'REGISTRY_STALLED' })
})

test('B18 who gives up an upload is let go at once, and the registry is told', async () => {
  const registry = await bench.registry()
  registry.on(/^PATCH/, silence)
  const stop = new AbortController()
  const client = bench.client({ ...settings, stallMs: 60_000 })
  const sent = client.upload(requestFor(registry, large), inPieces(large), { signal: stop.signal })
  const outcome = expect(sent).rejects.toMatchObject({ code: 'CANCELLED' })
  // Before, the registry may not have told yet where the upload is.
  await expect.poll(() => registry.requests(/^PATCH/).length).toBe(1)
  stop.abort()
  await outcome
  await expect.poll(() => registry.requests(/^DELETE/).length).toBe(1)
})

test('B18 an input of another size or digest than told is refused, and the upload is not left behind', async () => {
  const registry = await bench.registry()
  const mismatch = { code: 'CONTENT_MISMATCH' }
  for (const bytes of [small, large]) {
    const request = requestFor(registry, bytes)
    const client = bench.client(settings)
    const upload = (size: number, input: Uint8Array) => client.upload({ ...request, size }, inPieces(input))
    await expect(upload(bytes.length + 1, bytes)).rejects.toMatchObject(mismatch)
    await expect(upload(bytes.length - 1, bytes)).rejects.toMatchObject(mismatch)
    await expect(upload(bytes.length, randomBytes(bytes.length))).rejects.toMatchObject(mismatch)
  }
  await expect.poll(() => registry.uploads.open.size).toBe(0)
  expect(registry.blobs.size).toBe(0)
})

test('B19 a mount that is answered with an upload leaves the blob to be uploaded, and no upload behind', async () => {
  const registry = await bench.registry()
  registry.putBlob(large)
  registry.mounts = false
  registry.on(/^HEAD .*team\/app\/blobs/, always(404), 1)
  const offered = await bench.client().offer({ ...requestFor(registry, large), mountFrom: ['other/app', 'third/app'] })
  expect(offered).toEqual({ present: false })
  const mounts = registry.requests(/^POST .*mount=/).map(({ path }) => /from=([^&]*)/.exec(path)?.[1])
  expect(mounts).toEqual(['other%2Fapp', 'third%2Fapp'])
  await expect.poll(() => registry.uploads.open.size).toBe(0)
  await bench.client(settings).upload(requestFor(registry, large), inPieces(large))
  expect(isThere(registry, large)).toBe(true)
})

test.each([400, 403, 404, 405])('B19 a mount that is answered %d does not fail the push', async (status) => {
  const registry = await bench.registry()
  registry.on(/^POST .*mount=/, always(status))
  const offered = await bench.client().offer({ ...requestFor(registry, small), mountFrom: ['other/app'] })
  expect(offered).toEqual({ present: false })
})

test('B15 an upload that breaks while its input is waited for goes on with the right bytes', async () => {
  const registry = await bench.registry()
  const broken = Promise.withResolvers<void>()
  const parts = [bytesOf('a'), bytesOf('b'), bytesOf('c')]
  const whole = Buffer.concat(parts)
  const slow = async function* () {
    yield parts[0] ?? whole
    await broken.promise
    // The part that broke off and the one that takes it up both wait now.
    await sleep(400)
    yield* parts.slice(1)
  }
  registry.on(
    /^PATCH/,
    async (exchange) => {
      const [open] = registry.uploads.open.values()
      for await (const chunk of exchange.request as AsyncIterable<Buffer>) {
        open?.push(chunk)
        if (Buffer.concat(open ?? []).length < 60_000) continue
        exchange.response.socket?.resetAndDestroy()
        broken.resolve()
        return
      }
    },
    1,
  )
  await bench.client(settings).upload(requestFor(registry, whole), slow())
  expect(isThere(registry, whole)).toBe(true)
})

const bytesOf = (letter: string) => Buffer.alloc(60_000, letter)

test.each([
  ['whole', 50_000],
  ['as a stream', 200_000],
])('an upload that is sent %s ends when its caller gives up, though the input gives nothing', async (_way, size) => {
  const registry = await bench.registry()
  const giveUp = new AbortController()
  const endless = async function* () {
    yield Buffer.alloc(1000)
    await new Promise<never>(() => undefined)
  }
  const request = { ...requestFor(registry, Buffer.alloc(size)), size }
  const upload = bench.client(settings).upload(request, endless(), { signal: giveUp.signal })
  setTimeout(() => giveUp.abort(), 100)
  await expect(Promise.race([upload, sleep(20_000, undefined, { ref: false })])).rejects.toMatchObject({
    code: 'CANCELLED',
  })
})
