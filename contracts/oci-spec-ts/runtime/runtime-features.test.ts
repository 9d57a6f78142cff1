import { expect, test } from 'vitest'
import { validateRuntimeFeatures } from './runtime-features.ts'

test('features tell both versions', () => {
  expect(validateRuntimeFeatures({ ociVersionMin: '1.0.0', ociVersionMax: '1.1.0' }).ok).toBe(true)
  expect(validateRuntimeFeatures({ ociVersionMin: '1.1.0' }).ok).toBe(false)
})

test('features of another shape are refused', () => {
  const versions = { ociVersionMin: '1.0.0', ociVersionMax: '1.1.0' }
  const linux = { namespaces: ['pid'], capabilities: ['CAP_CHOWN'], cgroup: { v2: true }, seccomp: { enabled: true } }
  expect(validateRuntimeFeatures({ ...versions, linux }).ok).toBe(true)
  expect(validateRuntimeFeatures({ ...versions, linux: { capabilities: ['chown'] } }).ok).toBe(false)
  expect(validateRuntimeFeatures({ ...versions, linux: { namespaces: ['net'] } }).ok).toBe(false)
})
