import { expect, test } from 'vitest'
import { parseVersion } from './describe-runtime.ts'
import { findBinary } from './find-binary.ts'

const missing = expect.objectContaining({ code: 'RUNTIME_BINARY_MISSING' }) as Error

test('an executable is found by name or by absolute path', () => {
  expect(findBinary('sh', '/nowhere:/bin')).toBe('/bin/sh')
  expect(findBinary('/bin/sh')).toBe('/bin/sh')
})

test('what is no executable file, or not there, is refused', () => {
  for (const name of ['no-such-thing', '/etc/passwd', '/tmp', '/no/such/thing']) {
    expect(() => findBinary(name)).toThrow(missing)
  }
})

test('runc and crun print their versions in one form', () => {
  const runc = 'runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1+deb12u1\nspec: 1.0.2-dev\n'
  expect(parseVersion(runc)).toEqual({ name: 'runc', version: '1.1.5+ds1', commit: '1.1.5+ds1-1+deb12u1' })
  expect(parseVersion('crun version 1.8.1\ncommit: f8a096\n')).toEqual({
    name: 'crun',
    version: '1.8.1',
    commit: 'f8a096',
  })
  expect(parseVersion('')).toEqual({ name: 'unknown', version: 'unknown' })
})
