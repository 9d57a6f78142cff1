import { expect, test } from 'vitest'
import { shimBinaryName } from './shim-binary-name.ts'

const missing = expect.objectContaining({ code: 'RUNTIME_BINARY_MISSING' }) as Error

test('the name of a shim gives its executable', () => {
  expect(shimBinaryName('io.containerd.runc.v2')).toBe('containerd-shim-runc-v2')
  expect(shimBinaryName('io.containerd.kata.v2')).toBe('containerd-shim-kata-v2')
  expect(shimBinaryName('/opt/shim')).toBe('/opt/shim')
  for (const name of ['runc', 'a..', '../x.v2']) expect(() => shimBinaryName(name)).toThrow(missing)
})
