import { expect, test } from 'vitest'
import { parseShimVersion } from './shim-version.ts'

test('the version of a shim is read from the line that has it', () => {
  const text = 'containerd-shim-runc-v2:\n  Version:  1.6.20~ds1\n  Revision: 1\n  Go version: go1.19.8\n'
  expect(parseShimVersion(text)).toEqual({ major: 1, minor: 6 })
  expect(parseShimVersion('  Version:  v2.3.0-rc.1\n')).toEqual({ major: 2, minor: 3 })
})

test('a shim that prints something else has none', () => {
  expect(parseShimVersion('Kata Containers containerd shim (Rust): version 3.2.0\n')).toBeUndefined()
  expect(parseShimVersion('  Go version: go1.19.8\n')).toBeUndefined()
})
