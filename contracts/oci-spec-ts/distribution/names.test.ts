import { expect, test } from 'vitest'
import { isRepositoryName, isTag } from './names.ts'

test.each(['a', 'library/busybox', 'a.b/c_d/e__f/g--h', '0/1'])('%s names a repository', (name) => {
  expect(isRepositoryName(name)).toBe(true)
})

test.each(['', 'A', 'a/', '/a', 'a//b', 'a___b', '.a', 'a..b', 'a-', '../x', 'a'.repeat(256)])(
  '%j names no repository',
  (name) => {
    expect(isRepositoryName(name)).toBe(false)
  },
)

test('a tag has up to 128 characters and begins with a letter, a digit or an underscore', () => {
  expect(['latest', '_', 'V1.0-rc', 'a'.repeat(128)].map(isTag)).toEqual([true, true, true, true])
  expect(['', '.a', '-a', 'a/b', 'a:b', 'a'.repeat(129)].map(isTag)).toEqual(Array(6).fill(false))
})
