import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { findFreePool, type PoolSource } from './default-pools.ts'
import { coverPrefix, overlap, prefixText, sizeOf, type Prefix } from './prefix.ts'

/** Prefixes around one another: 10.0.0.0/24 and what is in it. */
const prefix = fc
  .record({ host: fc.nat(255), length: fc.integer({ min: 24, max: 32 }) })
  .map(({ host, length }) => prefixText(coverPrefix(`10.0.0.${host}/${length}`)))
const source = prefix.chain((base) =>
  fc.record({ base: fc.constant(base), size: fc.integer({ min: coverPrefix(base).length, max: 32 }) }),
)

function firstOfAll(sources: readonly PoolSource[], taken: readonly Prefix[]): Prefix | undefined {
  for (const { base, size } of sources) {
    const whole = coverPrefix(base)
    for (let at = whole.base; at < whole.base + sizeOf(whole); at += 1n << BigInt(32 - size)) {
      const pool: Prefix = { base: at, length: size, bits: 32 }
      if (!taken.some((each) => overlap(each, pool))) return pool
    }
  }
  return undefined
}

test('the free pool is the first of all that is beside what is taken', () => {
  fc.assert(
    fc.property(fc.array(source, { maxLength: 3 }), fc.array(prefix, { maxLength: 8 }), (sources, taken) => {
      const around = taken.map(coverPrefix)
      const all: PoolSource[] = [{ base: 'fd00::/32', size: 32 }, ...sources]
      expect(findFreePool(all, 32, around)).toEqual(firstOfAll(sources, around))
    }),
    { numRuns: 200 },
  )
})

test('a source gives pools of one address, and itself', () => {
  expect(findFreePool([{ base: '10.0.0.0/31', size: 32 }], 32, [coverPrefix('10.0.0.0/32')])).toEqual(
    coverPrefix('10.0.0.1/32'),
  )
  expect(findFreePool([{ base: '10.0.0.0/24', size: 24 }], 32, [])).toEqual(coverPrefix('10.0.0.0/24'))
  expect(findFreePool([{ base: '10.0.0.0/24', size: 24 }], 32, [coverPrefix('10.0.0.9/32')])).toBeUndefined()
  expect(findFreePool([{ base: 'fd00::/127', size: 128 }], 128, [coverPrefix('fd00::/128')])).toEqual(
    coverPrefix('fd00::1/128'),
  )
})
