import type { EntryType } from '@moby/lib-tar'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { goModeOf, permissionsOfGoMode, typeOfGoMode } from './file-mode.ts'

// As Go prints os.FileMode of these files.
test.each([
  [0o644, 'file', 0o644],
  [0x8000_01ed, 'directory', 0o755],
  [0x8010_01ff, 'directory', 0o1777],
  [0x0800_01ff, 'symlink', 0o777],
  [0x0080_01ed, 'file', 0o4755],
  [0x0040_01ed, 'file', 0o2755],
  [0x0420_01b6, 'character', 0o666],
  [0x0400_01b0, 'block', 0o660],
  [0x0200_01a4, 'fifo', 0o644],
  [0x0100_01ed, undefined, 0o755],
])('the mode %i of Go is a %s of %i', (mode, type, permissions) => {
  expect([typeOfGoMode(mode), permissionsOfGoMode(mode)]).toEqual([type, permissions])
})

test('what a mode of Go says is the same again', () => {
  const types: EntryType[] = ['file', 'directory', 'symlink', 'character', 'block', 'fifo']
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.integer({ min: 0, max: 0o7777 }), (type, permissions) => {
      const mode = goModeOf(type, permissions)
      expect([typeOfGoMode(mode), permissionsOfGoMode(mode), mode >= 0]).toEqual([type, permissions, true])
    }),
  )
})
