import { expect, test } from 'vitest'
import { pathInContainer } from './path-in-container.ts'

test('a path is cleaned by its letters and keeps what asks for the folder behind a link', () => {
  const cases = {
    '/': '/',
    '.': '/.',
    '/.': '/.',
    '': '/',
    '//': '/',
    '..': '/',
    dir: '/dir',
    'dir/': '/dir/',
    'dir/.': '/dir/.',
    '/dir/./': '/dir/.',
    '/a/../../b//c': '/b/c',
    '/a/b/..': '/a',
    '/a/.hidden.': '/a/.hidden.',
  }
  expect(Object.keys(cases).map((path) => pathInContainer(path))).toEqual(Object.values(cases))
  expect(() => pathInContainer('/a\0b')).toThrow('zero byte')
})
