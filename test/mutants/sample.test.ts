import { expect, it } from 'vitest'
import { isChosen } from './sample.ts'

const names = Array.from({ length: 2_000 }, (_, number) => `file.ts|${number}|4|BlockStatement|{}`)

it('takes about one in so many, and always the same ones', () => {
  const chosen = names.filter((name) => isChosen(name, 10))
  expect(chosen.length).toBeGreaterThan(150)
  expect(chosen.length).toBeLessThan(250)
  expect(names.filter((name) => isChosen(name, 10))).toEqual(chosen)
})

it('takes all where no sample is asked for', () => {
  expect(names.every((name) => isChosen(name, 1))).toBe(true)
})
