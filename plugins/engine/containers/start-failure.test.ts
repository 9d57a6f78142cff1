import { codedError } from '@moby/contracts'
import { expect, test } from 'vitest'
import { exitCodeOfFailure, startFailure } from './start-failure.ts'

test.each([
  ['exec: "x": executable file not found in $PATH', 127],
  ['stat /x: no such file or directory', 127],
  ['exec: "/etc": permission denied', 126],
  ['exec /x: exec format error', 126],
  ['cannot set memory limit', 128],
])('%s gives %i', (text, code) => {
  expect(exitCodeOfFailure(text)).toBe(code)
})

test('what the runtime says comes through whole, coded causes pass', () => {
  const failure = startFailure(codedError('RUNTIME_CREATE_FAILED', 'exec: "x": executable file not found in $PATH'))
  expect(failure).toMatchObject({ code: 'CONTAINER_START_FAILED', kind: 'invalid' })
  expect(failure.message).toContain('executable file not found')
  const created = codedError(
    'RUNTIME_CREATE_FAILED',
    'Cannot create container ab: OCI runtime create failed: no: OCI runtime x',
  )
  expect(startFailure(created).message).toBe(
    'failed to create task for container: failed to create shim task: OCI runtime create failed: no: OCI runtime x',
  )
  const taken = codedError('PORT_IN_USE', 'port 80 is taken')
  expect(startFailure(taken)).toBe(taken)
})
