import { Type } from 'typebox'
import { defineContract } from '../component/contract.ts'
import { Closed, Maybe, Open } from '../component/schemas.ts'
import { AttachItem } from './attach-item.ts'
import { ref, refErrors } from './container-ref.ts'

const ExecSpec = Closed({
  command: Type.Array(Type.String(), { minItems: 1 }),
  env: Maybe(Type.Array(Type.String())),
  workingDir: Maybe(Type.String()),
  user: Maybe(Type.String()),
  terminal: Maybe(Type.Boolean()),
  attachStdin: Maybe(Type.Boolean()),
  attachStdout: Maybe(Type.Boolean()),
  attachStderr: Maybe(Type.Boolean()),
  privileged: Maybe(Type.Boolean()),
  detachKeys: Maybe(Type.String()),
  consoleSize: Maybe(Closed({ height: Type.Integer(), width: Type.Integer() })),
})

export const engineExec = defineContract({
  id: 'engine.exec',
  version: '0.1.0',
  doc: 'Further processes in running containers.',
  overlap: 'exclusive',
  overlapWhy: 'The engine alone writes its records and acts on the host.',
  selection: 'single',
  methods: {
    create: {
      doc: 'Prepares a process.',
      request: Closed({ ref, spec: ExecSpec }),
      response: Open({ id: Type.String() }),
      errors: [...refErrors, 'CONTAINER_NOT_RUNNING', 'CONTAINER_STATE', 'CONTAINER_SPEC_INVALID'],
      deadlineMs: 30_000,
      idempotent: false,
    },
    start: {
      doc: 'Runs it and streams as `attach` does; with `detach` the stream ends when the process has started.',
      request: Closed({
        id: Type.String(),
        detach: Maybe(Type.Boolean()),
        consoleSize: ExecSpec.properties.consoleSize,
      }),
      input: 'bytes',
      output: AttachItem,
      errors: ['EXEC_NOT_FOUND', 'EXEC_STATE', 'EXEC_START_FAILED', 'CONTAINER_NOT_RUNNING'],
      deadlineMs: 0,
      idempotent: false,
    },
    resize: {
      doc: 'Sets the size of its terminal.',
      request: Closed({
        id: Type.String(),
        height: Type.Integer({ minimum: 0, maximum: 65_535 }),
        width: Type.Integer({ minimum: 0, maximum: 65_535 }),
      }),
      response: Open({}),
      errors: ['EXEC_NOT_FOUND', 'EXEC_STATE'],
      deadlineMs: 10_000,
      idempotent: true,
    },
    inspect: {
      doc: 'What became of it.',
      request: Closed({ id: Type.String() }),
      response: Open({
        id: Type.String(),
        containerId: Type.String(),
        spec: ExecSpec,
        running: Type.Boolean(),
        pid: Type.Integer(),
        exitCode: Maybe(Type.Integer()),
      }),
      errors: ['EXEC_NOT_FOUND'],
      deadlineMs: 10_000,
      idempotent: true,
    },
  },
})
