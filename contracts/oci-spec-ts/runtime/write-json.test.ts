import { expect, test } from 'vitest'
import { writeRuntimeJson } from './write-json.ts'

test('numbers of 64 bits keep all their digits', () => {
  expect(writeRuntimeJson({ soft: 1, hard: 18_446_744_073_709_551_615n })).toBe(
    '{"soft":1,"hard":18446744073709551615}',
  )
})
