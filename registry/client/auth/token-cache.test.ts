import { expect, test } from 'vitest'
import { TokenCache } from './token-cache.ts'

function open() {
  let now = 0
  let fetched = 0
  const cache = new TokenCache(() => now)
  const fetch = async () => ({ token: `token ${(fetched += 1)}`, lifetimeMs: 60_000 })
  return { cache, fetch, pass: (ms: number) => void (now += ms) }
}

test('a token is fetched once while it is fresh, and anew a tenth before its end', async () => {
  const { cache, fetch, pass } = open()
  expect(await cache.get('a', fetch)).toBe('token 1')
  pass(53_999)
  expect(await cache.get('a', fetch)).toBe('token 1')
  pass(2)
  expect(await cache.get('a', fetch)).toBe('token 2')
  expect(await cache.get('b', fetch)).toBe('token 3')
})

test('many that want one token wait for one request', async () => {
  const { cache, fetch } = open()
  const tokens = await Promise.all(Array.from({ length: 50 }, () => cache.get('a', fetch)))
  expect(new Set(tokens)).toEqual(new Set(['token 1']))
})

test('a failure is told to all that wait, and is not kept', async () => {
  const { cache, fetch } = open()
  const failing = async () => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    throw new Error('no token')
  }
  const results = await Promise.allSettled([cache.get('a', failing), cache.get('a', failing)])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await cache.get('a', fetch)).toBe('token 1')
})

test('a token that was refused is forgotten, one that came in its place is not', async () => {
  const { cache, fetch } = open()
  const first = await cache.get('a', fetch)
  await cache.forget('a', first)
  expect(await cache.get('a', fetch)).toBe('token 2')
  await cache.forget('a', first)
  await cache.forget('nothing', first)
  expect(await cache.get('a', fetch)).toBe('token 2')
})

test('no more than so many tokens are kept', async () => {
  const { cache, fetch } = open()
  for (let each = 0; each < 600; each += 1) await cache.get(`key ${each}`, fetch)
  expect(await cache.get('key 599', fetch)).toBe('token 600')
  expect(await cache.get('key 0', fetch)).toBe('token 601')
})
