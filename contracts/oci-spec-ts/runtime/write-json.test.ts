import { expect, test } from 'vitest'
import { writeRuntimeJson } from './write-json.ts'

test('numbers of 64 bits keep all their digits', () => {
  expect(writeRuntimeJson({ soft: 1, hard: 18_446_744_073_709_551_615n })).toBe(
    '{"soft":1,"hard":18446744073709551615}',
  )
})

test('the largest number of 64 bits survives being read as a double', () => {
  const text = '{"hard":18446744073709551615}'
  expect(writeRuntimeJson(JSON.parse(text))).toBe(text)
})
