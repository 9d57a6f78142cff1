import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { LogBench, numbers, type LogKind } from './log-bench.ts'
import { record } from './samples.ts'

/** What those who follow a log see, and what they leave open. */
export function testFollowing(kind: LogKind): void {
  const bench = LogBench.use(kind)
  const { write, start, read, follow, writeNumbers } = bench

  test('a follower sees what comes, over rotations, until the log is closed', async () => {
    await start({ 'max-size': '500', 'max-file': '2' })
    await writeNumbers(0, 5)
    const { following, begun } = follow({ tail: 2 })
    await begun
    for (let number = 5; number < 100; number += 1) {
      await writeNumbers(number, number + 1)
      if (number % 10 === 0) await setTimeout(2)
    }
    await bench.driver.api.close({ log: 'log' })
    expect(await following).toEqual(numbers(3, 100))
  })

  test('a follower ends when it is given up, and at its until', async () => {
    await start()
    await write(record('one'))
    const controller = new AbortController()
    const reader = bench.driver.api.read({ log: 'log', follow: true }, { signal: controller.signal })
    const iterator = reader[Symbol.asyncIterator]()
    await iterator.next()
    const next = iterator.next()
    controller.abort()
    await expect(next).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(await read({ follow: true, until: new Date(Date.now() + 50).toISOString() })).toEqual(['one'])
  })

  test('a follower that leaves, or is left behind by rotations, keeps no file open', async () => {
    await start({ 'max-size': '100', 'max-file': '2' })
    await write(record('one'))
    const before = bench.opened()
    const iterators = [1, 2].map(() => bench.driver.api.read({ log: 'log', follow: true })[Symbol.asyncIterator]())
    for (const iterator of iterators) await iterator.next()
    await writeNumbers(0, 60)
    // The one being read, and the eight that a follower may be behind.
    expect(bench.opened() - before).toBe(2 * 9)
    for (const iterator of iterators) await iterator.return?.()
    expect(bench.opened()).toBe(before)
  })
}
