import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { removeWrappers, writeWrapper } from './wrapper.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wr-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

test('a wrapper calls the runtime with its arguments before those of the caller, whatever is in them', () => {
  const args = ["it's", '$HOME', 'two words', '']
  const path = writeWrapper(folder, { binary: '/usr/bin/printf', args: ['[%s]', ...args], hideUnified: false })
  expect(execFileSync(path, ['a b', '*'], { encoding: 'utf8' })).toBe("[it's][$HOME][two words][][a b][*]")
  expect(statSync(path).mode & 0o777).toBe(0o500)
})

test('equal options give the same file, others another', () => {
  const options = { binary: '/bin/echo', args: [], hideUnified: false }
  const path = writeWrapper(folder, options)
  const before = statSync(path)
  expect(writeWrapper(folder, options)).toBe(path)
  expect(statSync(path).ino).toBe(before.ino)
  expect(writeWrapper(folder, { ...options, args: ['x'] })).not.toBe(path)
  expect(readdirSync(folder)).toHaveLength(2)
})

test('only what makes cgroups hides the second hierarchy', () => {
  const path = writeWrapper(folder, { binary: '/bin/echo', args: [], hideUnified: true })
  expect(readFileSync(path, 'utf8')).toContain('unshare -m')
  expect(execFileSync(path, ['--root', 'x', 'delete', 'id'], { encoding: 'utf8' })).toBe('--root x delete id\n')
})

test('wrappers that nobody uses are removed', () => {
  const used = writeWrapper(folder, { binary: '/bin/echo', args: ['1'], hideUnified: false })
  writeWrapper(folder, { binary: '/bin/echo', args: ['2'], hideUnified: false })
  removeWrappers(folder, new Set([used]))
  expect(readdirSync(folder).map((name) => join(folder, name))).toEqual([used])
  removeWrappers(join(folder, 'none'), new Set())
})
