import { expect, test } from 'vitest'
import { readLink } from './read-link.ts'

test.each([
  ['db', { ref: 'db', alias: 'db' }],
  ['db:data', { ref: 'db', alias: 'data' }],
  ['/db:/web/data', { ref: 'db', alias: 'data' }],
])('the link %s is read', (written, link) => {
  expect(readLink(written)).toEqual(link)
})

test.each(['', ':', 'db:', ':data', 'a:b:c'])('the link "%s" is refused', (written) => {
  expect(() => readLink(written)).toThrow(expect.objectContaining({ code: 'CONTAINER_SPEC_INVALID' }))
})
