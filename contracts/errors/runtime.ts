import type { ErrorEntry } from './kinds.ts'

export const runtimeErrors = {
  RUNTIME_TASK_NOT_FOUND: { kind: 'not-found', meaning: 'The runtime knows no such container or process.' },
  RUNTIME_TASK_EXISTS: { kind: 'conflict', meaning: 'The runtime has a container or process of that id already.' },
  RUNTIME_TASK_STATE: {
    kind: 'conflict',
    meaning: 'The container or process is not in the state that the operation needs.',
  },
  RUNTIME_CREATE_FAILED: { kind: 'internal', meaning: 'The runtime could not create or start the container.' },
  RUNTIME_BINARY_MISSING: {
    kind: 'unavailable',
    meaning: 'The binary of the runtime or its shim is not on this host.',
  },
  RUNTIME_FAILED: { kind: 'internal', meaning: 'The runtime could not do what was asked of it.' },
  RUNTIME_SHIM_LOST: { kind: 'unavailable', meaning: 'The shim of the container is gone.' },
} as const satisfies Record<string, ErrorEntry>
