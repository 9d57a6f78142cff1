import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { humanDuration } from './human-duration.ts'
import { readMoment, readRfc3339, writeFixed, writeRfc3339 } from './moment.ts'

describe('moments', () => {
  it('survive writing and reading to the nanosecond', () => {
    const moments = fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n })
    fc.assert(
      fc.property(moments, (moment) => {
        expect(readRfc3339(writeRfc3339(moment))).toBe(moment)
        expect(readRfc3339(writeFixed(moment))).toBe(moment)
        const seconds = `${moment / 1_000_000_000n}.${(moment % 1_000_000_000n).toString().padStart(9, '0')}`
        expect(readMoment(seconds)).toBe(moment)
      }),
    )
  })

  it('are written as Go writes them', () => {
    expect(writeRfc3339(1_500_000_000n)).toBe('1970-01-01T00:00:01.5Z')
    expect(writeFixed(1_500_000_000n)).toBe('1970-01-01T00:00:01.500000000Z')
    expect(writeRfc3339(0n)).toBe('1970-01-01T00:00:00Z')
  })

  it('may be given as seconds, dates with offsets, or durations before now', () => {
    expect(readMoment('1.5')).toBe(1_500_000_000n)
    expect(readMoment('1970-01-01T01:00:00+01:00')).toBe(0n)
    expect(readMoment('1970-01-02')).toBe(86_400_000_000_000n)
    expect(readMoment('1970-01-01T00:01')).toBe(60_000_000_000n)
    expect(readMoment('1h30m', 5_400_000_000_000n)).toBe(0n)
    expect(readMoment('')).toBeUndefined()
    expect(() => readMoment('yesterday')).toThrow('failed to parse value as time or duration: "yesterday"')
  })
})

describe('spans of time', () => {
  it.each([
    [0, 'Less than a second'],
    [1000, '1 second'],
    [59_000, '59 seconds'],
    [60_000, 'About a minute'],
    [120_000, '2 minutes'],
    [3_600_000, 'About an hour'],
    [7_200_000, '2 hours'],
    [47 * 3_600_000, '47 hours'],
    [3 * 86_400_000, '3 days'],
    [21 * 86_400_000, '3 weeks'],
    [90 * 86_400_000, '3 months'],
    [3 * 365 * 86_400_000, '3 years'],
  ])('of %i milliseconds read as docker ps tells them', (span, words) => {
    expect(humanDuration(span)).toBe(words)
  })
})
