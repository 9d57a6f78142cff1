import { expect, test } from 'vitest'
import { quoteWords, registryWords } from './registry-words.ts'

const words = (text: string): string => quoteWords(registryWords(Buffer.from(text)))

test.each([
  ['{"errors":[{"code":"DENIED","message":"no access"}]}', ' (the registry says: DENIED: no access)'],
  ['{"errors":[{"code":"A"},{"message":"b"},7,null]}', ' (the registry says: A; b)'],
  ['{"details":"incorrect username or password"}', ' (the registry says: incorrect username or password)'],
  ['{"error":"invalid_grant","error_description":"expired"}', ' (the registry says: expired)'],
  ['slow down\n', ' (the registry says: slow down)'],
  ['<html><body>502 Bad Gateway</body></html>', ''],
  ['', ''],
  ['{}', ''],
  ['{"errors":"x"}', ''],
])('%j is quoted as %j', (body, quoted) => expect(words(body)).toBe(quoted))

test('nothing of a terminal gets into a message, and it stays short', () => {
  expect(words('{"errors":[{"code":"\\u001b[31mRED","message":"a\\r\\nb\\u0000\\u202ec"}]}')).toBe(
    ' (the registry says: [31mRED: a b c)',
  )
  expect(words('x'.repeat(100_000)).length).toBeLessThan(400)
  const many = JSON.stringify({
    errors: Array.from({ length: 1000 }, () => ({ code: 'X', message: 'y'.repeat(1000) })),
  })
  expect(words(many).length).toBeLessThan(2_000)
})
