import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Follower } from './follower.ts'

test('a follower is not woken without reason', async () => {
  const follower = new Follower()
  let woken = 0
  const waiting = (async () => {
    for (; !follower.closed; woken += 1) await follower.wait()
  })()
  follower.added()
  follower.added()
  await setTimeout(5)
  expect(woken).toBe(1)
  follower.close()
  await waiting
  expect(woken).toBe(2)
})
