import { setTimeout as sleep } from 'node:timers/promises'
import type { Progress } from '@moby/contracts'
import { expect, test } from 'vitest'
import { ProgressFeed } from './progress-feed.ts'

const collect = async (feed: ProgressFeed) => {
  const items: Progress[] = []
  for await (const item of feed) items.push(item)
  return items
}

test('words come all and in order, counts in intervals and the last of them', async () => {
  let now = 1_000
  const feed = new ProgressFeed(() => now)
  const items = collect(feed)
  feed.report({ status: 'Pulling fs layer', id: 'a' })
  for (let current = 1; current <= 1000; current += 1) {
    feed.report({ status: 'Downloading', id: 'a', current, total: 1000 })
    // Three intervals altogether, however long this takes.
    now += 0.3
    if (current % 100 === 0) await sleep(1)
  }
  feed.report({ status: 'Download complete', id: 'a' })
  feed.end()
  const read = await items
  expect(read.map(({ status }) => status).filter((word) => word !== 'Downloading')).toEqual([
    'Pulling fs layer',
    'Download complete',
  ])
  const counts = read.filter(({ status }) => status === 'Downloading')
  expect(counts.length).toBeLessThan(6)
  expect(counts.at(-1)?.current).toBe(1000)
})

test('who does not read fills no memory, and an error comes after what was told', async () => {
  const feed = new ProgressFeed()
  for (let current = 0; current < 10_000; current += 1) {
    feed.report({ status: 'Extracting', id: 'a', current, total: 10_000 })
  }
  feed.fail(new Error('broken'))
  const read: Progress[] = []
  await expect(
    (async () => {
      for await (const item of feed) read.push(item)
    })(),
  ).rejects.toThrow('broken')
  expect(read).toHaveLength(1)
})
