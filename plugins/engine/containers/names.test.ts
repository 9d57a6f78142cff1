import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkName, generateName } from './names.ts'

test.each(['a1', '/web', 'A.b-c_d', '0x'])('%j is a name', (name) => {
  expect(checkName(name)).toBe(name.replace('/', ''))
})

test.each(['a', '', '-x', '../x', 'a b', 'ä1', '//a', 'x'.repeat(300), '.a', 'a\n'])('%j is none', (name) => {
  expect(() => checkName(name)).toThrow(/^Invalid container name \(/)
})

test('generated names keep the rule and avoid those that are taken', () => {
  fc.assert(
    fc.property(fc.nat(12), (taken) => {
      let asked = 0
      const name = generateName(() => {
        asked += 1
        return asked <= taken
      })
      expect(name).toMatch(/^[a-z]+_[a-z]+\d*$/)
      expect(checkName(name)).toBe(name)
    }),
  )
})
