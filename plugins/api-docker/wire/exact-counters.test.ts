import { expect, test } from 'vitest'
import { exactCounters } from './exact-counters.ts'

test('counters beyond 2^53 are written with all their digits, and none is larger than 64 bits', () => {
  const text = JSON.stringify(
    exactCounters({ limit: 9223372036854771712, none: 2 ** 64, list: [1, 0.5, 2 ** 53 - 1], name: 'x', no: null }),
  )
  expect(text).toBe(
    '{"limit":9223372036854771712,"none":18446744073709551615,"list":[1,0.5,9007199254740991],"name":"x","no":null}',
  )
})
