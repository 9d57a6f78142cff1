import fc from 'fast-check'
import { expect, test } from 'vitest'
import { retryAfterMs } from './retry-after.ts'

const now = Date.parse('2026-01-01T00:00:00Z')

test.each([
  ['0', 0],
  [' 120 ', 120_000],
  ['1000000000', 1e12],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['Thursday, 01-Jan-26 00:00:30 GMT', 30_000],
  ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
])('%j is %d milliseconds', (text, ms) => expect(retryAfterMs(text, now)).toBe(ms))

test.each(['', '-1', '1.5', '1e3', 'soon', '5 minutes', '2026-01-01', 'Thu, 99 Jan 2026 00:00:00 GMT', undefined])(
  '%j is no time',
  (text) => expect(retryAfterMs(text, now)).toBeUndefined(),
)

test('whatever is sent, the time is none or one that does not lie in the past', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const ms = retryAfterMs(text, now)
      expect(ms === undefined || ms >= 0).toBe(true)
    }),
  )
})
