import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DetachScanner, parseDetachKeys } from './detach-keys.ts'

test('keys are read as docker writes them', () => {
  expect([...parseDetachKeys(undefined)]).toEqual([16, 17])
  expect([...parseDetachKeys('ctrl-a,x')]).toEqual([1, 120])
  expect([...parseDetachKeys('ctrl-[')]).toEqual([27])
  expect(() => parseDetachKeys('ctrl-p,nope')).toThrow("Unknown character: 'nope'")
})

test('all input passes until the keys come, however it is cut', () => {
  const keys = Uint8Array.from([16, 17])
  const input = fc.array(fc.constantFrom(1, 16, 17, 65), { maxLength: 30 })
  fc.assert(
    fc.property(input, fc.nat(29), (bytes, cut) => {
      const scanner = new DetachScanner(keys)
      const seen: number[] = []
      let detached = false
      for (const piece of [bytes.slice(0, cut), bytes.slice(cut)]) {
        if (detached) break
        const result = scanner.scan(Uint8Array.from(piece))
        seen.push(...result.forward)
        detached = result.detached
      }
      const at = bytes.findIndex((byte, index) => byte === 16 && bytes[index + 1] === 17)
      expect(detached).toBe(at >= 0)
      const passed = at >= 0 ? bytes.slice(0, at) : bytes
      // A first key at the very end is held back: the second may still come.
      expect(seen).toEqual(at < 0 && passed.at(-1) === 16 ? passed.slice(0, -1) : passed)
    }),
  )
})
