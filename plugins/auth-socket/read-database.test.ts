import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readDatabase } from './read-database.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'database-'))
})

afterEach(() => rm(folder, { recursive: true }))

test('entries are read without empty lines and comments', async () => {
  await writeFile(join(folder, 'group'), 'root:x:0:\n\n#old:x:7:ann\n#\n:x:\naudio:x:29:bob,#ann')
  expect(await readDatabase(join(folder, 'group'))).toEqual([
    ['root', 'x', '0', ''],
    ['', 'x', ''],
    ['audio', 'x', '29', 'bob,#ann'],
  ])
})

test('a file that is not there has no entries, one that cannot be read is an error', async () => {
  expect(await readDatabase(join(folder, 'none'))).toEqual([])
  await expect(readDatabase(folder)).rejects.toMatchObject({ code: 'EISDIR' })
})
