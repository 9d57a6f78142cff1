import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Mount } from '@moby/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mountAll, mountsBelow, readOnlyMounts, unmount } from './index.ts'

let folder = ''
const at = (name: string) => join(folder, name)
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-only-'))
  // Not every file system can be the upper folder of an overlay.
  mountAll([{ type: 'tmpfs', source: 'tmpfs', options: ['size=1m'] }], folder)
  for (const name of ['lower', 'upper', 'work', 'seen', 'used']) mkdirSync(at(name))
  writeFileSync(at('lower/a'), 'lower')
  writeFileSync(at('lower/gone'), 'lower')
})
afterEach(() => {
  for (const point of mountsBelow(folder)) unmount(point, { detach: true })
  rmSync(folder, { recursive: true })
})

test('an overlay that is only read does not keep its upper folder from who writes to it', () => {
  const options = [`lowerdir=${at('lower')}`, `upperdir=${at('upper')}`, `workdir=${at('work')}`]
  // With an index the kernel refuses an upper folder that another mount has; without, it says that anything may happen.
  const mounts: Mount[] = [{ type: 'overlay', source: 'overlay', options: [...options, 'index=on'] }]
  mountAll(mounts, at('used'))
  writeFileSync(at('used/a'), 'upper')
  rmSync(at('used/gone'))
  unmount(at('used'))

  mountAll(readOnlyMounts([{ type: 'overlay', source: 'overlay', options: [...options, 'index=off'] }]), at('seen'))
  expect([readdirSync(at('seen')), readFileSync(at('seen/a'), 'utf8')]).toEqual([['a'], 'upper'])
  expect(() => writeFileSync(at('seen/b'), '')).toThrow('EROFS')
  mountAll(mounts, at('used'))
  writeFileSync(at('used/b'), 'b')
  expect(existsSync(at('upper/b'))).toBe(true)
})

test('a bind mount is read-only, and an overlay of too many layers as it is', () => {
  expect(readOnlyMounts([{ type: 'bind', source: '/x', options: ['rbind', 'rw'] }])).toEqual([
    { type: 'bind', source: '/x', options: ['rbind', 'ro'] },
  ])
  const lowers = Array.from({ length: 500 }, (_, number) => `/${number}`).join(':')
  const options = [`lowerdir=${lowers}`, 'upperdir=/u', 'workdir=/w']
  expect(readOnlyMounts([{ type: 'overlay', source: 'overlay', options }])).toEqual([
    { type: 'overlay', source: 'overlay', options: [...options, 'ro'] },
  ])
})
