import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextDelay, wantsRestart, wantsStartWithEngine } from './restart-policy.ts'

const ended = { exitCode: 0, restartCount: 0, stoppedByUser: false }

test('policies decide as dockerd does', () => {
  expect(wantsRestart(undefined, ended)).toBe(false)
  expect(wantsRestart({ name: 'no' }, ended)).toBe(false)
  expect(wantsRestart({ name: 'always' }, ended)).toBe(true)
  expect(wantsRestart({ name: 'on-failure' }, ended)).toBe(false)
  expect(wantsRestart({ name: 'on-failure' }, { ...ended, exitCode: 1, restartCount: 99 })).toBe(true)
  expect(wantsRestart({ name: 'on-failure', maximumRetries: 3 }, { ...ended, exitCode: 1, restartCount: 3 })).toBe(
    false,
  )
})

test('what the user stopped stays down, except that always comes up with the engine', () => {
  const stopped = { ...ended, stoppedByUser: true }
  expect(wantsRestart({ name: 'always' }, stopped)).toBe(false)
  expect(wantsStartWithEngine({ name: 'always' }, stopped)).toBe(true)
  expect(wantsStartWithEngine({ name: 'unless-stopped' }, stopped)).toBe(false)
  expect(wantsStartWithEngine({ name: 'unless-stopped' }, ended)).toBe(true)
})

test('delays double from 100 ms to a minute, and begin anew after a run of ten seconds', () => {
  const delays = [0]
  for (let index = 0; index < 12; index += 1) delays.push(nextDelay(delays.at(-1) ?? 0, 5))
  expect(delays.slice(1, 5)).toEqual([100, 200, 400, 800])
  expect(delays.at(-1)).toBe(60_000)
  expect(nextDelay(60_000, 10_000)).toBe(100)
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 60_000 }), fc.nat(20_000), (last, ran) => {
      expect(nextDelay(last, ran)).toBeGreaterThanOrEqual(100)
      expect(nextDelay(last, ran)).toBeLessThanOrEqual(60_000)
    }),
  )
})
