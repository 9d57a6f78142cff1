import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fillVolume } from './fill-volume.ts'

let folder = ''
let rootfs = ''
let volume = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fill-'))
  rootfs = join(folder, 'rootfs')
  volume = join(folder, 'volume')
  mkdirSync(join(rootfs, 'data'), { recursive: true })
  mkdirSync(volume)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const fill = async () => await fillVolume({ rootfs, path: '/data', volume })

test('a volume takes over sparse files with their holes', async () => {
  const file = openSync(join(rootfs, 'data/sparse'), 'w', 0o640)
  ftruncateSync(file, 2 ** 25 + 3)
  writeSync(file, 'first', 5)
  writeSync(file, 'y'.repeat(3_000_000), 2 ** 24)
  closeSync(file)
  await fill()
  expect(readFileSync(join(volume, 'sparse')).equals(readFileSync(join(rootfs, 'data/sparse')))).toBe(true)
  const [copy, original] = [statSync(join(volume, 'sparse')), statSync(join(rootfs, 'data/sparse'))]
  expect(copy.blocks).toBeLessThanOrEqual(original.blocks)
  expect([copy.mode, copy.mtimeMs]).toEqual([original.mode, original.mtimeMs])
})

test('a volume that holds something is left alone', async () => {
  writeFileSync(join(rootfs, 'data/file'), 'of the image')
  writeFileSync(join(volume, 'file'), 'own')
  await fill()
  expect(readFileSync(join(volume, 'file'), 'utf8')).toBe('own')
})
