import { expect, test } from 'vitest'
import { Clock } from './clock.ts'
import { normalizeTimestamp } from './normalize-timestamp.ts'

test('stamps have nine digits, are close to the wall clock and strictly increase', () => {
  const clock = new Clock()
  let last = ''
  for (let index = 0; index < 5000; index += 1) {
    const stamp = index % 3 === 0 ? clock.now() : clock.next()
    expect(stamp > last).toBe(true)
    expect(stamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
    last = stamp
  }
  expect(Math.abs(Date.parse(last) - Date.now())).toBeLessThan(20_000)
})

test('a clock follows when the host is set forward, or back by more than a second', () => {
  let wall = Date.parse('2026-01-01T00:00:10Z')
  let monotonic = 5.25
  const clock = new Clock(
    () => wall,
    () => monotonic,
  )
  expect(clock.now()).toBe('2026-01-01T00:00:10.000000000Z')
  monotonic += 1.5
  expect(clock.now()).toBe('2026-01-01T00:00:10.001500000Z')
  expect(clock.now()).toBe('2026-01-01T00:00:10.001500001Z')
  wall += 60_000
  expect(clock.now()).toBe('2026-01-01T00:01:10.000000000Z')
  wall -= 500
  expect(clock.now()).toBe('2026-01-01T00:01:10.000000001Z')
  wall -= 30_000
  expect(clock.now()).toBe('2026-01-01T00:00:39.500000000Z')
})

test('the next stamp carries over into the next second', () => {
  const clock = new Clock(
    () => 1_000,
    () => 0,
  )
  expect(clock.now()).toBe('1970-01-01T00:00:01.000000000Z')
  expect(clock.next()).toBe('1970-01-01T00:00:01.000000001Z')
})

test('stamps in a row are a nanosecond apart each, over hundreds and over the end of a second', () => {
  let monotonic = 0
  const clock = new Clock(
    () => 1_000 + Math.floor(monotonic),
    () => monotonic,
  )
  clock.now()
  for (let nanosecond = 1; nanosecond <= 350; nanosecond += 1) {
    expect(clock.next()).toBe(`1970-01-01T00:00:01.${String(nanosecond).padStart(9, '0')}Z`)
  }
  monotonic = 0.01
  expect(clock.now()).toBe('1970-01-01T00:00:01.000010000Z')
  expect(clock.next()).toBe('1970-01-01T00:00:01.000010001Z')
  monotonic = 999.99999
  clock.now()
  const stamps = Array.from({ length: 30 }, () => clock.next())
  expect(stamps.toSorted()).toEqual(stamps)
  expect(new Set(stamps).size).toBe(30)
  expect(stamps.filter((stamp) => stamp.startsWith('1970-01-01T00:00:02.0000000'))).not.toHaveLength(0)
})

test.each([
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000000000Z'],
  ['2026-01-02T03:04:05.12Z', '2026-01-02T03:04:05.120000000Z'],
  ['2026-01-02T03:04:05.123456789+01:00', '2026-01-02T02:04:05.123456789Z'],
  ['2026-01-02', undefined],
  ['2026-13-02T03:04:05Z', undefined],
  ['', undefined],
])('the time %s becomes %s', (text, expected) => {
  expect(normalizeTimestamp(text)).toBe(expected)
})
