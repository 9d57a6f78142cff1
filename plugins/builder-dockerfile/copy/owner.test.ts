import { expect, test } from 'vitest'
import { findOwner } from './owner.ts'

const files: Readonly<Record<string, string>> = {
  '/etc/passwd': 'root:x:0:0::/:/bin/sh\nweb:x:33:44::/:/bin/sh\nalone:x:7:8::/:/bin/sh\n',
  '/etc/group': 'root:x:0:\nweb:x:33:\nstaff:x:50:\n',
}
const read = async (path: string) => files[path] ?? ''

test.each([
  ['5', { uid: 5, gid: 5 }],
  ['5:6', { uid: 5, gid: 6 }],
  ['web', { uid: 33, gid: 33 }],
  ['web:staff', { uid: 33, gid: 50 }],
  ['alone', { uid: 7, gid: 8 }],
  ['12:staff', { uid: 12, gid: 50 }],
])('%s is %j', async (text, owner) => expect(await findOwner(text, read)).toEqual(owner))

test.each(['none', 'web:none', '', ':1', '1:', '1:2:3', '99999999999'])('refuses %j', async (text) => {
  await expect(findOwner(text, read)).rejects.toMatchObject({ code: 'BUILD_STEP_FAILED' })
})
