import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { codedError, type ErrorCode } from '@moby/contracts'
import { expect, test } from 'vitest'
import { lastRuntimeError, runtimeFailure } from './runtime-failure.ts'

test.each<[ErrorCode, string, ErrorCode]>([
  ['RPC_NOT_FOUND', 'container not created: not found', 'RUNTIME_TASK_NOT_FOUND'],
  ['RPC_NOT_FOUND', 'process already finished: not found', 'RUNTIME_TASK_STATE'],
  ['RPC_FAILED', 'cannot start a running process', 'RUNTIME_TASK_STATE'],
  ['RPC_FAILED', 'OCI runtime resume failed: container not paused', 'RUNTIME_TASK_STATE'],
  ['RPC_ALREADY_EXISTS', 'id e1: already exists', 'RUNTIME_TASK_EXISTS'],
  ['RPC_CONNECTION_LOST', 'lost', 'RUNTIME_SHIM_LOST'],
  ['RPC_UNIMPLEMENTED', 'method Nope', 'NOT_SUPPORTED'],
  ['RPC_FAILED', 'OCI runtime failed', 'RUNTIME_FAILED'],
])('%s of a shim, saying %j, is %s', (from, text, to) => {
  expect(runtimeFailure(codedError(from, text), 'Cannot')).toMatchObject({ code: to, message: `Cannot: ${text}` })
})

test("the runtime's words stay, without the shim's last one", () => {
  const text = 'OCI runtime create failed: exec: "foo": executable file not found in $PATH'
  const failure = runtimeFailure(codedError('RPC_FAILED', `${text}: unknown`), 'Cannot create c1')
  expect(failure.message).toBe(`Cannot create c1: ${text}`)
})

test("the last error of the runtime's log is found among anything else", () => {
  const folder = mkdtempSync(join(tmpdir(), 'rf-'))
  expect(lastRuntimeError(folder)).toBeUndefined()
  writeFileSync(
    join(folder, 'log.json'),
    '{"level":"error","msg":"first"}\nnot json\n{"level":"error","msg":"the cause\\n"}\n{"level":"info","msg":"later"}\n',
  )
  expect(lastRuntimeError(folder)).toBe('the cause')
  rmSync(folder, { recursive: true })
})
