import { expect, test } from 'vitest'
import { mountOf, readMounts } from './mount-table.ts'

const table = `23 27 0:6 / / rw shared:1 - ext4 /dev/sda rw
24 23 0:7 / /run rw,nosuid shared:3 master:2 - tmpfs tmpfs rw
25 24 0:8 / /run/a\\040b rw - tmpfs tmpfs rw
26 23 0:9 / /running rw master:4 - tmpfs tmpfs rw
27 24 0:9 / /run rw - tmpfs tmpfs rw
`

const on = (path: string, lines = table) => mountOf(path, readMounts(lines))

test('the mount that a path lies on is the deepest, and of those on one point the last', () => {
  expect(on('/var/lib')).toEqual({ path: '/', type: 'ext4', isShared: true, isSlave: false })
  expect(on('/run/a b/c')).toEqual({ path: '/run/a b', type: 'tmpfs', isShared: false, isSlave: false })
  expect(on('/running/x')).toEqual({ path: '/running', type: 'tmpfs', isShared: false, isSlave: true })
  expect(on('/run/x')).toEqual({ path: '/run', type: 'tmpfs', isShared: false, isSlave: false })
  expect(on('/run/x', table.split('\n').slice(0, 2).join('\n'))).toEqual({
    path: '/run',
    type: 'tmpfs',
    isShared: true,
    isSlave: true,
  })
})
