import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { TimeReader, TimeWriter, type Limbs } from './entry-time.ts'

const bitsOf = ({ low, middle, high }: Limbs) =>
  BigInt.asIntN(64, (BigInt(high) << 56n) | (BigInt(middle) << 28n) | BigInt(low))

const anyTime = fc
  .tuple(fc.integer({ min: -9_223_372_000, max: 9_223_372_000 }), fc.nat({ max: 999_999_999 }))
  .map(([seconds, nanoseconds]) => ({
    text: `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanoseconds).padStart(9, '0')}Z`,
    value: BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds),
  }))

test('times that 64 bits hold are written as nanoseconds, and read back, in any order', () => {
  fc.assert(
    fc.property(fc.array(anyTime, { maxLength: 8 }), (times) => {
      const [writer, reader] = [new TimeWriter(), new TimeReader()]
      // Each twice: the second time its second is known.
      for (const { text, value } of [...times, ...times].flatMap((each) => [each, each])) {
        const limbs = writer.write(text)
        expect(bitsOf(limbs)).toBe(value)
        expect(reader.read(limbs)).toBe(text)
      }
    }),
  )
})

test.each([
  ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000000000Z'],
  ['2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00.500000000Z'],
  ['9999-01-01T00:00:00Z', '2262-04-11T23:47:15.000000000Z'],
  ['2026-99-99T00:00:00.25Z', '1970-01-01T00:00:00.250000000Z'],
])('the time %s is read back as %s', (time, read) => {
  expect(new TimeReader().read(new TimeWriter().write(time))).toBe(read)
})
