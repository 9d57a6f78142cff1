import { afterEach, expect, test } from 'vitest'
import { Bench } from '../fixtures/bench.ts'
import { always, silence } from '../fixtures/lies.ts'

const bench = new Bench()
afterEach(() => bench.close())

async function open() {
  const registry = await bench.registry()
  registry.putManifest('app', 'one', { schemaVersion: 2 })
  return { registry, request: { registry: registry.host, repository: 'app', reference: 'one' } }
}

const seconds = (from: number): number => (performance.now() - from) / 1000

test('B14 a registry that wants a second of patience gets it, and is asked again', async () => {
  const { registry, request } = await open()
  registry.on(/manifests/, always(429, { 'retry-after': '1' }), 1)
  const began = performance.now()
  expect((await bench.client().manifest(request)).size).toBe(19)
  expect(seconds(began)).toBeGreaterThan(0.95)
  expect(registry.requests(/manifests/).length).toBe(2)
})

test('B14 a date to wait until is understood', async () => {
  const { registry, request } = await open()
  registry.on(/manifests/, always(503, { 'retry-after': new Date(Date.now() + 2_000).toUTCString() }), 1)
  const began = performance.now()
  expect((await bench.client().manifest(request)).size).toBe(19)
  expect(seconds(began)).toBeGreaterThan(0.5)
  expect(seconds(began)).toBeLessThan(8)
})

test.each([
  ['10^9 seconds', '1000000000'],
  ['more digits than a number has', '9'.repeat(400)],
  ['the year 9999', 'Fri, 31 Dec 9999 23:59:59 GMT'],
])('B14 a registry that wants %s is not waited for, and the error says what it wants', async (_what, after) => {
  const { registry, request } = await open()
  const limits = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' }
  registry.on(/manifests/, always(429, { 'retry-after': after, ...limits }, '{"errors":[{"code":"TOOMANYREQUESTS"}]}'))
  const began = performance.now()
  await expect(bench.client().manifest(request)).rejects.toMatchObject({
    code: 'REGISTRY_RATE_LIMITED',
    kind: 'rate-limited',
    message: expect.stringMatching(/wants fewer requests \(limit 100 in 21600 s, 0 left\).*TOOMANYREQUESTS/),
    hint: expect.stringMatching(/^Wait .*docker login/),
  })
  expect(seconds(began)).toBeLessThan(3)
  expect(registry.requests(/manifests/).length).toBe(1)
})

test.each(['-5', 'soon', '', '1e9', '\u00e4'])('B14 %j is no time to wait: the client chooses one', async (after) => {
  const { registry, request } = await open()
  registry.on(/manifests/, always(429, { 'retry-after': after }), 1)
  expect((await bench.client().manifest(request)).size).toBe(19)
})

test('B14 a limit that does not pass ends the call after some attempts', async () => {
  const { registry, request } = await open()
  registry.on(/manifests/, always(429, { 'retry-after': '0' }))
  await expect(bench.client().manifest(request)).rejects.toMatchObject({ code: 'REGISTRY_RATE_LIMITED' })
  expect(registry.requests(/manifests/).length).toBe(4)
})

test('B14 who gives up while the registry has it wait is let go at once', async () => {
  const { registry, request } = await open()
  registry.on(/manifests/, always(429, { 'retry-after': '60' }))
  const stop = new AbortController()
  const asked = bench.client({ longestWaitMs: 100_000 }).manifest(request, { signal: stop.signal })
  setTimeout(() => stop.abort(), 300)
  const began = performance.now()
  await expect(asked).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(seconds(began)).toBeLessThan(5)
})

test('B15 a registry that never answers is given up after the stall time', async () => {
  const { registry, request } = await open()
  registry.on(/manifests/, silence)
  await expect(bench.client({ stallMs: 400 }).manifest(request)).rejects.toMatchObject({
    code: 'REGISTRY_STALLED',
    kind: 'deadline',
    message: expect.stringContaining('did not answer within'),
  })
})
