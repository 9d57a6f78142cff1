import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readTar, writeLayer } from '../index.ts'

let folder = ''
let upper = ''
let base = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leave-out-'))
  upper = join(folder, 'upper')
  base = join(folder, 'base')
  for (const path of [upper, base]) mkdirSync(join(path, 'etc/deep'), { recursive: true })
  writeFileSync(join(upper, 'etc/hosts'), '')
  writeFileSync(join(upper, '.dockerenv'), '')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const names = async (without: readonly string[]) => {
  const found: string[] = []
  for await (const { entry, content } of readTar(writeLayer({ form: 'overlay', root: upper, base, without }))) {
    found.push(entry.name)
    for await (const _ of content);
  }
  return found
}

test('what is left out takes the folder with it that has changed in nothing else', async () => {
  rmSync(join(upper, 'etc/deep'), { recursive: true })
  expect(await names(['etc/hosts', '.dockerenv'])).toEqual([])
  expect(await names(['etc/hosts'])).toEqual(['.dockerenv'])
})

test('a folder stays that something else was changed in, or that was changed itself', async () => {
  expect(await names(['etc/hosts', '.dockerenv'])).toEqual(['etc/', 'etc/deep/'])
  rmSync(join(upper, 'etc/deep'), { recursive: true })
  chmodSync(join(upper, 'etc'), 0o700)
  expect(await names(['etc/hosts', '.dockerenv'])).toEqual(['etc/'])
})

test('a path that the base has is not left out', async () => {
  writeFileSync(join(base, 'etc/hosts'), 'x')
  expect(await names(['etc/hosts', '.dockerenv'])).toEqual(['etc/', 'etc/deep/', 'etc/hosts'])
})

test('folders above in several steps are known', async () => {
  rmSync(join(upper, 'etc/hosts'))
  writeFileSync(join(upper, 'etc/deep/file'), '')
  expect(await names(['etc/deep/file', '.dockerenv'])).toEqual([])
  writeFileSync(join(upper, 'etc/zz'), '')
  expect(await names(['etc/deep/file', '.dockerenv'])).toEqual(['etc/', 'etc/zz'])
})
