import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { Bench, collect } from '../fixtures/bench.ts'
import { answer } from '../fixtures/exchange.ts'
import { always, cutAfter, ignoreRange, lieAboutRange, stallAfter, trickle } from '../fixtures/lies.ts'

const bench = new Bench()
afterEach(() => bench.close())

const half = 150_000
const bytes = randomBytes(2 * half)

async function open() {
  const registry = await bench.registry()
  const digest = registry.putBlob(bytes)
  const request = { registry: registry.host, repository: 'team/app', digest, size: bytes.length }
  const ranges = () => registry.requests(/GET .*blobs/).map(({ headers }) => headers.range)
  return { registry, request, ranges, content: { bytes } }
}

test('B15 a blob that breaks off at half is resumed from the verified offset', async () => {
  const { registry, request, ranges, content } = await open()
  registry.on(/GET .*blobs/, cutAfter(content, half), 1)
  expect((await collect(bench.client().blob(request))).equals(bytes)).toBe(true)
  expect(ranges()).toEqual([undefined, `bytes=${half}-`])
})

test('B15 what was read before a break is not changed by what comes after: the digest is of all of it', async () => {
  const { registry, request, content } = await open()
  const other = { bytes: Buffer.from(bytes).fill(0, half + 10, half + 20) }
  registry.on(/GET .*blobs/, cutAfter(other, bytes.length), 1)
  registry.on(/GET .*blobs/, cutAfter(content, half), 1)
  await expect(collect(bench.client().blob(request))).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' })
})

test('B15 a connection that stands still is left after the stall time, and the blob goes on', async () => {
  const { registry, request, ranges, content } = await open()
  registry.on(/GET .*blobs/, stallAfter(content, half), 1)
  const began = performance.now()
  expect((await collect(bench.client({ stallMs: 300 }).blob(request))).equals(bytes)).toBe(true)
  expect(performance.now() - began).toBeGreaterThan(250)
  expect(ranges()).toEqual([undefined, `bytes=${half}-`])
})

test('B15 a registry that sends a byte a second counts as one that stands still', async () => {
  const { registry, request, content } = await open()
  registry.on(/GET .*blobs/, trickle(content, 50))
  const began = performance.now()
  const asked = collect(bench.client({ stallMs: 150 }).blob(request))
  await expect(asked).rejects.toMatchObject({
    code: 'REGISTRY_STALLED',
    message: expect.stringMatching(/team\/app@sha256:.* sent next to nothing/),
    hint: expect.stringContaining('kept'),
  })
  expect(performance.now() - began).toBeLessThan(45_000)
})

test('B15 a registry that never gets further fails after some attempts, and says where', async () => {
  const { registry, request, ranges, content } = await open()
  registry.on(/GET .*blobs/, cutAfter(content, 0))
  const asked = collect(bench.client().blob(request))
  await expect(asked).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE', kind: 'unavailable' })
  expect(ranges().length).toBeGreaterThan(2)
  expect(ranges().length).toBeLessThan(25)
})

test('B15 a reader that leaves in the middle leaves no connection that goes on', async () => {
  const { registry, request, content } = await open()
  registry.on(/GET .*blobs/, stallAfter(content, half))
  for await (const chunk of bench.client({ stallMs: 20_000 }).blob(request)) {
    expect(chunk.length).toBeGreaterThan(0)
    break
  }
  await expect.poll(() => registry.connections).toBe(0)
})

test('B16 a server that ignores Range gives the rest all the same, checked', async () => {
  const { registry, request, ranges, content } = await open()
  registry.on(/GET .*blobs/, ignoreRange(content))
  registry.on(/GET .*blobs/, cutAfter(content, half), 1)
  expect((await collect(bench.client().blob(request))).equals(bytes)).toBe(true)
  expect(ranges()).toEqual([undefined, `bytes=${half}-`])
  const rest = await collect(bench.client().blob({ ...request, offset: half + 1 }))
  expect(rest.equals(bytes.subarray(half + 1))).toBe(true)
})

test.each([1, -1, 4096])(
  'B16 a Content-Range that is %d off is not believed: the blob is asked for anew',
  async (shift) => {
    const { registry, request, ranges, content } = await open()
    registry.on(/GET .*blobs/, lieAboutRange(content, shift))
    registry.on(/GET .*blobs/, cutAfter(content, half), 1)
    expect((await collect(bench.client().blob(request))).equals(bytes)).toBe(true)
    expect(ranges()).toEqual([undefined, `bytes=${half}-`, undefined])
  },
)

test('B16 a Content-Range of another blob, or none at all, never yields its bytes', async () => {
  const { registry, request } = await open()
  const part = bytes.subarray(half)
  registry.on(/GET .*blobs/, always(206, { 'content-range': `bytes ${half}-${bytes.length - 1}/999999` }, part))
  const asked = { ...request, offset: half }
  await expect(collect(bench.client().blob(asked))).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' })
  registry.on(/GET .*blobs/, always(206, {}, part))
  await expect(collect(bench.client().blob(asked))).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' })
})

test('B16 a part that was asked for and has wrong bytes fails by the digest', async () => {
  const { registry, request, content } = await open()
  registry.on(/GET .*blobs/, (exchange) => {
    const range = { 'content-range': `bytes ${half}-${bytes.length - 1}/${bytes.length}` }
    answer(exchange, 206, range, Buffer.alloc(half))
  })
  registry.on(/GET .*blobs/, cutAfter(content, half), 1)
  await expect(collect(bench.client().blob(request))).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' })
})

test('B16 shorter parts than were asked for are put together, however many', async () => {
  const registry = await bench.registry()
  const large = randomBytes(9 << 20)
  const digest = registry.putBlob(large)
  const step = (1 << 20) + 1
  registry.on(/GET .*blobs/, (exchange) => {
    const from = Number(/=(\d+)-/.exec(exchange.request.headers.range ?? '=0-')?.[1])
    const to = Math.min(large.length, from + step)
    answer(exchange, 206, { 'content-range': `bytes ${from}-${to - 1}/${large.length}` }, large.subarray(from, to))
  })
  const request = { registry: registry.host, repository: 'team/app', digest, size: large.length }
  // On a busy machine more connections would be opened.
  expect((await collect(bench.client({ rangesPerBlob: 1 }).blob(request))).equals(large)).toBe(true)
  expect(registry.requests(/GET .*blobs/).length).toBe(9)
})

test('B15 a blob in parts over a slow registry is whole, in order, and no more than its parts are kept', async () => {
  const registry = await bench.registry()
  const large = Buffer.alloc(40 << 20)
  for (let at = 0; at < large.length; at += 4096) large.writeUInt32LE(at, at)
  const digest = registry.putBlob(large)
  let [open, most] = [0, 0]
  registry.on(/GET .*blobs/, async (exchange) => {
    const [, first, last] = /=(\d+)-(\d*)/.exec(exchange.request.headers.range ?? '') ?? []
    const [from, to] = [Number(first ?? 0), last === undefined || last === '' ? large.length : Number(last) + 1]
    const range = { 'content-range': `bytes ${from}-${to - 1}/${large.length}` }
    exchange.response.writeHead(first === undefined ? 200 : 206, first === undefined ? {} : range)
    most = Math.max(most, (open += 1))
    for (let at = from; at < to && !exchange.response.destroyed; at += 1 << 18) {
      exchange.response.write(large.subarray(at, Math.min(to, at + (1 << 18))))
      await new Promise((resolve) => setTimeout(resolve, 15))
    }
    open -= 1
    exchange.response.end()
  })
  const request = { registry: registry.host, repository: 'team/app', digest, size: large.length }
  const hash = createHash('sha256')
  for await (const chunk of bench.client({ rangesPerBlob: 4 }).blob(request)) hash.update(chunk)
  expect(`sha256:${hash.digest('hex')}`).toBe(digest)
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThanOrEqual(4)
})

test('B15 a registry that resets before it answers is asked a few times, not a few times a few times', async () => {
  const { registry, request, ranges } = await open()
  registry.on(/GET .*blobs/, ({ response }) => void response.socket?.resetAndDestroy())
  await expect(collect(bench.client().blob(request))).rejects.toMatchObject({
    code: expect.stringMatching(/^REGISTRY_/),
  })
  expect(ranges().length).toBeLessThanOrEqual(10)
})

test('B15 a registry that is busy is asked a few times, not a few times a few times', async () => {
  const { registry, request, ranges } = await open()
  registry.on(/GET .*blobs/, always(503, { 'retry-after': '0' }))
  await expect(collect(bench.client().blob(request))).rejects.toMatchObject({ code: 'REGISTRY_FAILED' })
  expect(ranges()).toHaveLength(4)
})

test('B15 an answer that is not read and never ends is given up after the stall time', async () => {
  const { registry, request } = await open()
  const endless = async ({ response }: Parameters<ReturnType<typeof always>>[0]) => {
    response.writeHead(503, { 'content-length': '100', 'retry-after': '0' })
    response.write('x')
  }
  registry.on(/GET .*blobs/, endless, 1)
  const read = collect(bench.client({ stallMs: 300 }).blob(request))
  expect((await read).equals(bytes)).toBe(true)
})

test('B15 a request that waits for a connection of others does not count as a registry that stalls', async () => {
  const { registry, request } = await open()
  registry.putManifest('team/app', 'one', { schemaVersion: 2 })
  const large = randomBytes(40 << 20)
  const digest = registry.putBlob(large)
  const client = bench.client({ stallMs: 500, connectMs: 500, connections: 1, rangesPerBlob: 1 })
  const reader = client.blob({ ...request, digest, size: large.length })[Symbol.asyncIterator]()
  await reader.next()
  const head = client.head({ registry: registry.host, repository: 'team/app', reference: 'one' })
  await sleep(1_000)
  await reader.return?.()
  expect((await head).size).toBe(19)
})
