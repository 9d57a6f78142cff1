import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { leadsThroughProcess } from './leads-through-process.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'leads-'))
  symlinkSync('/proc/self/fd', join(folder, 'fds'))
  symlinkSync('fds/3', join(folder, 'three'))
  symlinkSync('round', join(folder, 'round'))
  symlinkSync('/proc/self/mounts', join(folder, 'mtab'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  '/proc/self',
  '/proc/self/',
  '/proc/self/fd/3',
  '/proc/thread-self/fd/3',
  '/var/../proc/./self/root/etc',
  '/dev/fd/3',
  '/dev/stdin',
  `/proc/${process.pid}/cwd`,
])('C21 %s leads through this process', (path) => expect(leadsThroughProcess(path)).toBe(true))

test.each(['fds/3', 'three', 'fds/../fds/0'])('C21 so does the symbolic link %s', (name) => {
  expect(leadsThroughProcess(join(folder, name))).toBe(true)
})

test.each([
  '/',
  '/proc',
  '/proc/1/root',
  '/proc/mounts',
  '/proc/self/mounts',
  '/proc/meminfo',
  '/dev',
  '/dev/null',
  '/none/such',
])('%s does not', (path) => expect(leadsThroughProcess(path)).toBe(false))

test.each(['round', 'mtab', '.'])('nor does %s in a folder', (name) => {
  expect(leadsThroughProcess(join(folder, name))).toBe(false)
})
