import { expect, test } from 'vitest'
import { validateRuntimeState } from './runtime-state.ts'

const valid = { ociVersion: '1.0.2', id: 'c1', status: 'running', pid: 4422, bundle: '/containers/c1' }

test('a state names its container, status and bundle', () => {
  expect(validateRuntimeState(valid)).toEqual({ ok: true, value: valid })
  expect(validateRuntimeState({ ...valid, status: 'paused' }).ok).toBe(false)
  expect(validateRuntimeState({ ...valid, pid: -1 }).ok).toBe(false)
  expect(validateRuntimeState({ ...valid, bundle: undefined }).ok).toBe(false)
})
