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
      const apply = (change: string, value: number) => {
        const expected = change === 'delete' ? model.delete(value) : !model.has(value)
        if (change !== 'delete') model.add(value)
        const number = base + BigInt(value)
        expect(change === 'delete' ? bitmap.delete(number) : bitmap.add(number)).toBe(expected)
      }
      for (const [change, value] of changes) {
        if (change === 'fill') for (let at = value; at < value + 400; at++) apply('add', at)
        else apply(change, value)
      }
      expect(bitmap.count).toBe(model.size)
      let free: number | undefined = start
      while (free !== undefined && model.has(free)) free++
      if (free > end) free = undefined
      expect(bitmap.firstAbsent(base + BigInt(start), base + BigInt(end))).toBe(
        free === undefined ? undefined : base + BigInt(free),
      )
    }),
  )
})
