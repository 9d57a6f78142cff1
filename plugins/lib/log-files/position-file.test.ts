import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PositionFile } from './position-file.ts'

let folder: string
let file: PositionFile

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'position-'))
  file = await PositionFile.open(folder)
})

afterEach(async () => {
  await file.close()
  await rm(folder, { recursive: true, force: true })
})

const position = { stdout: 1_125_899_906_842_625, stderr: 0, inode: 12, size: 7 }

test('what was written last is read, also where it is shorter than what was there', async () => {
  expect(await file.read()).toBeUndefined()
  await file.write(position)
  await file.write({ ...position, stdout: 1 })
  expect(await file.read()).toEqual({ ...position, stdout: 1 })
})

test.each([
  ['text that is no JSON', 'half'],
  ['a negative number', JSON.stringify({ ...position, size: -1 })],
  ['half a byte', JSON.stringify({ ...position, stderr: 0.5 })],
  ['text for a number', JSON.stringify({ ...position, inode: '12' })],
  ['a number too few', JSON.stringify({ stdout: 1, stderr: 2, inode: 3 })],
  ['nothing', 'null'],
])('%s is no position', async (_what, text) => {
  await writeFile(join(folder, 'position'), text)
  expect(await file.read()).toBeUndefined()
})
