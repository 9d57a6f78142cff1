import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Limiter } from './limiter.ts'

test('no more than so many run at once, first come first served', async () => {
  const limiter = new Limiter(2)
  const order: number[] = []
  let running = 0
  let most = 0
  await Promise.all(
    [0, 1, 2, 3, 4].map((number) =>
      limiter.run(async () => {
        order.push(number)
        running += 1
        most = Math.max(most, running)
        await sleep(2)
        running -= 1
      }),
    ),
  )
  expect(order).toEqual([0, 1, 2, 3, 4])
  expect(most).toBe(2)
  expect(limiter.isFull).toBe(false)
})

test('who gives up while waiting takes no room, and a failure gives its room back', async () => {
  const limiter = new Limiter(1)
  let finish = () => {}
  const first = limiter.run(() => new Promise<void>((resolve) => (finish = resolve)))
  const abort = new AbortController()
  const second = limiter.run(async () => 'second', abort.signal)
  const third = limiter.run(async () => {
    throw new Error('third')
  })
  abort.abort(new Error('enough'))
  await expect(second).rejects.toThrow('enough')
  finish()
  await first
  await expect(third).rejects.toThrow('third')
  expect(await limiter.run(async () => 'fourth')).toBe('fourth')
})

test('a limit that grows lets those in who wait, and one that shrinks lets nobody in until enough have gone', async () => {
  const limiter = new Limiter(1)
  const ends: (() => void)[] = []
  const begun: number[] = []
  const all = [0, 1, 2, 3].map((number) =>
    limiter.run(async () => {
      begun.push(number)
      await new Promise<void>((resolve) => ends.push(resolve))
    }),
  )
  const turn = async () => await sleep(0)
  await turn()
  expect(begun).toEqual([0])
  limiter.resize(3)
  await turn()
  expect(begun).toEqual([0, 1, 2])
  limiter.resize(1)
  ends[0]?.()
  ends[1]?.()
  await turn()
  expect(begun).toEqual([0, 1, 2])
  ends[2]?.()
  await turn()
  expect(begun).toEqual([0, 1, 2, 3])
  ends[3]?.()
  await Promise.all(all)
})
