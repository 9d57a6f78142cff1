import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { digestOf } from '../digest.ts'
import { Bench } from '../fixtures/bench.ts'
import type { Answerer } from '../fixtures/exchange.ts'
import { openContent, rangeOf, write } from '../fixtures/lies.ts'

const bench = new Bench()
afterEach(() => bench.close())

const partBytes = 4 << 20
const bytes = Buffer.alloc(32 << 20)
let digest = ''
beforeAll(() => {
  for (let at = 0; at < bytes.length; at += 4096) bytes.writeUInt32LE(at, at)
  digest = digestOf(bytes)
})

/** Sends some 15 MB a second on each connection: slow enough for more of them. */
function slowly(onBytes: (count: number) => void = () => undefined): Answerer {
  return async (exchange) => {
    const { response } = exchange
    const content = openContent(exchange, bytes)
    for (let at = 0; at < content.length && !response.destroyed; at += 1 << 17) {
      const piece = content.subarray(at, at + (1 << 17))
      await write(exchange, piece)
      onBytes(piece.length)
      await new Promise((resolve) => setTimeout(resolve, 8))
    }
    response.end()
  }
}

async function open(act: Answerer) {
  const registry = await bench.registry()
  let running = 0
  registry.on(/GET .*blobs/, async (exchange) => {
    running += 1
    exchange.response.once('close', () => (running -= 1))
    await act(exchange)
  })
  const request = { registry: registry.host, repository: 'app', digest, size: bytes.length }
  const ranges = () => registry.requests(/GET .*blobs/).map(({ headers }) => headers.range)
  return { request, ranges, running: () => running }
}

/** Holds every chunk against the place where it belongs. */
function checker(from = 0) {
  let at = from
  return {
    check(chunk: Uint8Array): void {
      if (!bytes.subarray(at, at + chunk.length).equals(chunk)) throw new Error(`other bytes at ${at}`)
      at += chunk.length
    },
    get at() {
      return at
    },
  }
}

test('parts come in order, each asked for once, from the offset on', async () => {
  const { request, ranges } = await open(slowly())
  const order = checker(1000)
  for await (const chunk of bench.client().blob({ ...request, offset: 1000 })) order.check(chunk)
  expect(order.at).toBe(bytes.length)
  const [first, ...parts] = ranges()
  expect(first).toBe('bytes=1000-')
  expect(parts.length).toBeGreaterThan(2)
  const starts = parts.map((range) => Number(/=(\d+)-/.exec(range ?? '')?.[1])).toSorted((one, other) => one - other)
  for (const [index, start] of starts.slice(1).entries()) expect(start - (starts[index] ?? 0)).toBe(partBytes)
})

test('a fast registry is not asked for parts', async () => {
  // Time in which others have the processor does not count: on a busy machine every registry seems slow.
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => process.cpuUsage().user / 1000)
  onTestFinished(() => clock.mockRestore())
  const { request, ranges } = await open((exchange) => void exchange.response.end(openContent(exchange, bytes)))
  const order = checker()
  for await (const chunk of bench.client().blob({ ...request, unchecked: true })) order.check(chunk)
  expect(order.at).toBe(bytes.length)
  expect(ranges()).toEqual([undefined])
})

test('a reader that stands still has no more fetched than the parts that may be kept', async () => {
  let sent = 0
  const { request } = await open(slowly((count) => void (sent += count)))
  const order = checker()
  let most = 0
  for await (const chunk of bench.client({ rangesPerBlob: 3 }).blob({ ...request, unchecked: true })) {
    order.check(chunk)
    if (order.at < 12 << 20 || most > 0) continue
    // Until nothing more is sent in some turns of the event loop, in each of which a piece could be.
    for (let before = -1; before < sent;) {
      before = sent
      for (let turn = 0; turn < 25; turn += 1) await sleep(10)
    }
    most = sent - order.at
  }
  expect(order.at).toBe(bytes.length)
  // Two parts ahead, the rest of the one that is read, and what sockets hold.
  expect(most).toBeLessThan(3 * partBytes + (12 << 20))
})

test('a registry that serves no ranges brings all of it over one connection', async () => {
  const slow = slowly()
  const { request, ranges } = await open(async (exchange) => {
    delete exchange.request.headers.range
    await slow(exchange)
  })
  const order = checker()
  for await (const chunk of bench.client().blob(request)) order.check(chunk)
  expect(order.at).toBe(bytes.length)
  expect(ranges().length).toBeLessThan(8)
})

test('a part that breaks goes on where it broke, in its place', async () => {
  const slow = slowly()
  let cuts = 0
  const { request } = await open(async (exchange) => {
    const { from, isPart } = rangeOf(exchange, bytes.length)
    if (!isPart || cuts >= 3) return await slow(exchange)
    cuts += 1
    setTimeout(() => exchange.response.socket?.resetAndDestroy(), 60 + (from % 50))
    await slow(exchange)
  })
  const order = checker()
  for await (const chunk of bench.client().blob(request)) order.check(chunk)
  expect(order.at).toBe(bytes.length)
  expect(cuts).toBe(3)
})

test('a part that cannot be had fails the whole when its turn comes, and nothing goes on', async () => {
  const slow = slowly()
  const { request, running } = await open(async (exchange) => {
    if (!rangeOf(exchange, bytes.length).isPart) return await slow(exchange)
    exchange.response.writeHead(404, { 'content-length': '0' }).end()
  })
  const order = checker()
  const read = async (): Promise<void> => {
    for await (const chunk of bench.client().blob(request)) order.check(chunk)
  }
  await expect(read()).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' })
  await expect.poll(running).toBe(0)
})

test('a reader that leaves while parts are fetched leaves no request behind', async () => {
  const { request, running } = await open(slowly())
  const order = checker()
  for await (const chunk of bench.client().blob(request)) {
    order.check(chunk)
    if (order.at > 16 << 20) break
  }
  await expect.poll(running).toBe(0)
})

test('a call that is given up while parts are fetched ends at once', async () => {
  const { request } = await open(slowly())
  const stop = new AbortController()
  const order = checker()
  const read = async (): Promise<void> => {
    for await (const chunk of bench.client().blob(request, { signal: stop.signal })) {
      order.check(chunk)
      if (order.at > 16 << 20) stop.abort()
    }
  }
  await expect(read()).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(order.at).toBeLessThan(bytes.length)
})
