import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyedLock } from './keyed-lock.ts'

test('holders of one key never overlap and come in order, whatever fails', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ key: fc.constantFrom('a', 'b'), fails: fc.boolean() }), { maxLength: 20 }),
      async (jobs) => {
        const lock = new KeyedLock()
        const inside = new Map<string, number>()
        const order = new Map<string, number[]>()
        await Promise.all(
          jobs.map(({ key, fails }, index) =>
            lock
              .run(key, async () => {
                expect(inside.get(key) ?? 0).toBe(0)
                inside.set(key, 1)
                await setImmediate()
                order.set(key, [...(order.get(key) ?? []), index])
                inside.set(key, 0)
                if (fails) throw new Error('wanted')
              })
              .catch(() => undefined),
          ),
        )
        for (const seen of order.values()) expect(seen).toEqual(seen.toSorted((a, b) => a - b))
        expect(lock.isHeld('a') || lock.isHeld('b')).toBe(false)
      },
    ),
    { numRuns: 50 },
  )
})
