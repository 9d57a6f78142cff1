import type { EngineEvent } from '@moby/contracts'
import { expect, test } from 'vitest'
import { EventBus } from './event-bus.ts'
import { matchesFilter, type EventFilter } from './event-filter.ts'

type Stream = ReturnType<EventBus['stream']>

async function collect(stream: Stream): Promise<string[]> {
  const seen: string[] = []
  for await (const { listening, dropped, event } of stream) {
    if (listening === true) seen.push('listening')
    if (dropped !== undefined) seen.push(`dropped ${dropped}`)
    if (event !== undefined) seen.push(event.action)
  }
  return seen
}

test('a listener is told that it listens, and then everything that happens', async () => {
  const bus = new EventBus()
  bus.publish('container', 'before', 'a')
  const iterator = bus.stream({})[Symbol.asyncIterator]()
  expect((await iterator.next()).value).toEqual({ listening: true })
  bus.publish('container', 'start', 'a', { image: 'busybox' })
  expect((await iterator.next()).value).toMatchObject({
    event: { type: 'container', action: 'start', id: 'a', attributes: { image: 'busybox' } },
  })
  expect(bus.listeners).toBe(1)
  await iterator.return?.()
  expect(bus.listeners).toBe(0)
})

test('past events between since and until come without live ones', async () => {
  const bus = new EventBus()
  bus.publish('image', 'tag', 'x')
  bus.publish('container', 'create', 'a')
  bus.publish('container', 'start', 'a')
  await new Promise((resolve) => setTimeout(resolve, 3))
  const until = new Date().toISOString()
  const past = await collect(bus.stream({ until, filter: { types: ['container'] } }))
  expect(past).toEqual(['listening', 'create', 'start'])
  expect(await collect(bus.stream({ since: until, until: new Date().toISOString() }))).toEqual(['listening'])
})

test('a stream with a future until ends by itself', async () => {
  const bus = new EventBus()
  // In one turn, so that no pause of this process comes between it and its end.
  const collected = collect(bus.stream({ until: new Date(Date.now() + 60).toISOString() }))
  bus.publish('container', 'start', 'a')
  expect(await collected).toEqual(['listening', 'start'])
  expect(bus.listeners).toBe(0)
})

test('a listener that does not keep up loses the oldest events and is told how many', async () => {
  const bus = new EventBus({ queued: 3 })
  const stream = bus.stream({})
  const iterator = stream[Symbol.asyncIterator]()
  await iterator.next()
  for (let index = 0; index < 10; index += 1) bus.publish('container', `e${index}`, 'a')
  bus.close()
  expect(await collect({ [Symbol.asyncIterator]: () => iterator })).toEqual(['dropped 7', 'e7', 'e8', 'e9'])
})

test('only the newest events are kept for the past', async () => {
  const bus = new EventBus({ kept: 2 })
  for (let index = 0; index < 5; index += 1) bus.publish('container', `e${index}`, 'a')
  const stream = collect(bus.stream({ since: '2000-01-01T00:00:00Z' }))
  await new Promise((resolve) => setImmediate(resolve))
  bus.close()
  expect(await stream).toEqual(['listening', 'e3', 'e4'])
})

test('an aborted stream fails with CANCELLED and is forgotten', async () => {
  const bus = new EventBus()
  const controller = new AbortController()
  const collected = collect(bus.stream({}, controller.signal))
  await new Promise((resolve) => setImmediate(resolve))
  controller.abort()
  await expect(collected).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(bus.listeners).toBe(0)
})

test('times that cannot be read or lie the wrong way round are refused', async () => {
  const bus = new EventBus()
  await expect(collect(bus.stream({ since: 'yesterday' }))).rejects.toMatchObject({ code: 'FILTER_INVALID' })
  const wrong = bus.stream({ since: '2026-01-02T00:00:00Z', until: '2026-01-01T00:00:00Z' })
  await expect(collect(wrong)).rejects.toThrow('cannot be after `until`')
})

const event: EngineEvent = {
  type: 'container',
  action: 'exec_create: sh -c x',
  id: 'abcdef0123',
  attributes: { name: 'web', image: 'docker.io/library/busybox:1', tier: 'front', 'a.b': 'c=d' },
  time: '2026-01-01T00:00:00.000000000Z',
}

test.each<[EventFilter, boolean]>([
  [{}, true],
  [{ types: [] }, true],
  [{ types: ['image', 'container'] }, true],
  [{ types: ['image'] }, false],
  [{ actions: ['exec_create'] }, true],
  [{ actions: ['exec'] }, false],
  [{ containers: ['abc'] }, true],
  [{ containers: ['web'] }, true],
  [{ containers: ['other'] }, false],
  [{ images: ['busybox'] }, true],
  [{ images: ['docker.io/library/busybox:1'] }, true],
  [{ images: ['busy'] }, false],
  [{ labels: ['tier'] }, true],
  [{ labels: ['tier=front', 'a.b=c=d'] }, true],
  [{ labels: ['tier=front', 'a.b=x'] }, false],
  [{ labels: ['toString'] }, false],
  [{ scopes: ['local'] }, true],
  [{ scopes: ['swarm'] }, false],
  [{ networks: ['bridge'] }, false],
  [{ types: ['container'], containers: ['nope'] }, false],
])('the filter %j lets the event pass: %s', (filter, expected) => {
  expect(matchesFilter(event, filter)).toBe(expected)
})
