import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { SparseBitmap } from './sparse-bitmap.ts'

const base = 1n << 70n
const small = fc.integer({ min: 0, max: 2100 })

test('it behaves as a set of numbers', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('add', 'delete', 'fill'), small), { maxLength: 60 })
  fc.assert(
    fc.property(steps, small, small, (changes, start, end) => {
      const bitmap = new SparseBitmap()
      const model = new Set<number>()
      for (const [change, value] of changes) {
        const values = change === 'fill' ? Array.from({ length: 400 }, (_, at) => value + at) : [value]
        for (const each of values) {
          if (change === 'delete') model.delete(each)
          else model.add(each)
          if (change === 'delete') bitmap.delete(base + BigInt(each))
          else bitmap.add(base + BigInt(each))
        }
      }
      const wrong = Array.from({ length: 2501 }, (_, at) => at).filter(
        (at) => bitmap.has(base + BigInt(at)) !== model.has(at),
      )
      expect(wrong).toEqual([])
      let free: number | undefined = start
      while (free !== undefined && model.has(free)) free++
      if (free > end) free = undefined
      expect(bitmap.firstAbsent(base + BigInt(start), base + BigInt(end))).toBe(
        free === undefined ? undefined : base + BigInt(free),
      )
    }),
  )
})

test('keeps the others of a full chunk when one leaves', () => {
  const bitmap = new SparseBitmap()
  for (let value = 0n; value < 1024n; value++) bitmap.add(value)
  bitmap.delete(500n)
  expect(bitmap.firstAbsent(0n, 2000n)).toBe(500n)
  bitmap.add(500n)
  expect(bitmap.firstAbsent(0n, 2000n)).toBe(1024n)
})
