import { constants } from 'node:os'
import koffi from 'koffi'
import { expect, test } from 'vitest'
import { declareFunction, lastErrno } from './binding.ts'

const rmdir = declareFunction<(path: string) => number>('int rmdir(const char *path)')

test('the errno of a failed call is kept whatever this thread does before it is asked for', () => {
  expect(rmdir('/no/such/folder')).toBe(-1)
  koffi.errno(constants.errno.EAGAIN)
  expect(lastErrno()).toBe(constants.errno.ENOENT)
  expect(rmdir('/proc/self')).toBe(-1)
  expect(lastErrno()).toBe(constants.errno.ENOTDIR)
})
