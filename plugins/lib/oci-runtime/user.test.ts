import { expect, test } from 'vitest'
import { resolveUser } from './user.ts'

const database = {
  passwd: 'root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\nodd:x:4294967296:1::/:/\n',
  group: 'root:x:0:\nwheel:x:10:ann,bob\nann:x:1000:\n',
}

test.each([
  ['', { uid: 0, gid: 0, additionalGids: [0], home: '/root' }],
  ['ann', { uid: 1000, gid: 1000, additionalGids: [1000, 10], home: '/home/ann' }],
  ['1000', { uid: 1000, gid: 1000, additionalGids: [1000, 10], home: '/home/ann' }],
  ['ann:wheel', { uid: 1000, gid: 10, additionalGids: [10], home: '/home/ann' }],
  ['77', { uid: 77, gid: 0, additionalGids: [0], home: '/' }],
  ['77:88', { uid: 77, gid: 88, additionalGids: [88], home: '/' }],
])('user %j', (text, expected) => {
  expect(resolveUser(text, [], database)).toEqual(expected)
})

test('further groups come by name or number', () => {
  expect(resolveUser('77', ['wheel', '5'], database).additionalGids).toEqual([0, 10, 5])
})

test('unknown names and ids that would wrap around are refused', () => {
  expect(() => resolveUser('bob', [], database)).toThrow('unable to find user bob: no matching entries in passwd file')
  expect(() => resolveUser('0:staff', [], database)).toThrow('unable to find group staff')
  for (const text of ['4294967296', '-1', 'odd', '0:4294967296']) {
    expect(() => resolveUser(text, [], database)).toThrow('must be in range')
  }
})

test('an image without the files still has numbers', () => {
  expect(resolveUser('5:6', [], { passwd: '', group: '' })).toMatchObject({ uid: 5, gid: 6 })
})
