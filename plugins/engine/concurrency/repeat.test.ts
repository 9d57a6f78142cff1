import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { repeat } from './repeat.ts'

test('work is done again and again, never twice at once, and not after its end', async () => {
  const log: string[] = []
  const end = repeat(2, async () => {
    log.push('begins')
    await sleep(15)
    log.push('ends')
  })
  while (log.length < 3) await sleep(1)
  await end()
  expect(log.length % 2).toBe(0)
  expect(log.every((word, at) => word === (at % 2 === 0 ? 'begins' : 'ends'))).toBe(true)
  const { length } = log
  await sleep(20)
  expect(log).toHaveLength(length)
})
