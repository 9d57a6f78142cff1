import { expect, test } from 'vitest'
import { EventFeed } from './event-feed.ts'

test('a listener gets, in order, what comes after it began to listen, and ends when it is told to', async () => {
  const feed = new EventFeed()
  const controller = new AbortController()
  feed.publish({ kind: 'oom', id: 'before' })
  const events = feed.subscribe(controller.signal)
  feed.publish({ kind: 'oom', id: 'a' })
  feed.publish({ kind: 'lost', id: 'b' })
  const seen: string[] = []
  for await (const { id } of events) {
    seen.push(id)
    if (id === 'b') feed.publish({ kind: 'oom', id: 'c' })
    if (id === 'c') controller.abort()
  }
  expect(seen).toEqual(['a', 'b', 'c'])
})

test('a listener that is told to end while it waits ends', async () => {
  const controller = new AbortController()
  const events = new EventFeed().subscribe(controller.signal)[Symbol.asyncIterator]()
  const next = events.next()
  controller.abort()
  expect(await next).toMatchObject({ done: true })
})
