import { expect, test } from 'vitest'
import { checkWorkingDir } from './working-dir.ts'

test.each(['', '/', '/work', '/proc', '/proc/self', '/proc/1/net', '/srv/proc/self/fd/7', '/proc/self/../sys'])(
  'a process may begin in %j',
  (path) => expect(() => checkWorkingDir(path)).not.toThrow(),
)

test.each(['work', './work', 'proc/self/fd/7'])('a process may not begin in %j, which is relative', (path) => {
  expect(() => checkWorkingDir(path)).toThrow(
    `the working directory '${path}' is invalid, it needs to be an absolute path`,
  )
})

test.each([
  '/proc/self/fd/7',
  '/proc/self/fd/7/../../..',
  '//proc/./self//fd/8',
  '/var/../proc/self/fd/7',
  '/proc/thread-self/cwd',
  '/proc/1/root/etc',
  '/proc/self/task/1/fd/7',
])('C22 a process may not begin in %s, which leads through one', (path) => {
  expect(() => checkWorkingDir(path)).toThrow('leads through a descriptor or root of a process')
})
