import { expect, test } from 'vitest'
import { parseSignal } from './signals.ts'

test.each([
  ['TERM', 15],
  ['sigkill', 9],
  ['15', 15],
  ['WINCH', 28],
  ['RTMIN', 34],
  ['SIGRTMIN+3', 37],
  ['RTMAX-1', 63],
])('signal %s is %i', (text, number) => {
  expect(parseSignal(text)).toBe(number)
})

test.each(['', '0', '65', 'NOPE', 'RTMIN+31', '-9', '9.5'])('%j is no signal', (text) => {
  expect(() => parseSignal(text)).toThrow(`invalid signal: ${text}`)
})
