import type { ErrorEntry } from './kinds.ts'

export const kernelErrors = {
  COMPONENT_FAILED: { kind: 'unavailable', meaning: 'A component could not be created or started.' },
  COMPONENT_DEADLINE: { kind: 'deadline', meaning: 'A component did not start or stop within its deadline.' },
  BOOT_FAILED: { kind: 'unavailable', meaning: 'Required components failed, so the assembly did not start.' },
  HOST_OPTION_UNUSED: {
    kind: 'invalid',
    meaning: 'A host to listen on was given, but not exactly one component of the assembly takes hosts.',
  },
  PROCESS_NOT_STARTED: { kind: 'unavailable', meaning: 'The program of a component could not be started.' },
  PROCESS_EXITED: { kind: 'unavailable', meaning: 'The process of a component ended, and nobody had asked it to.' },
  PROCESS_CONTEXT_INVALID: {
    kind: 'invalid',
    meaning: 'The file that tells a component about its start is missing or cannot be read.',
  },
  SOCKET_PATH_TOO_LONG: { kind: 'invalid', meaning: 'The path of a Unix socket would be longer than systems allow.' },
  DRIVER_LOST: {
    kind: 'unavailable',
    meaning: 'The driver ended while it worked on the call; what it had done by then is not known.',
  },
  DRIVER_REPLACED: {
    kind: 'unavailable',
    meaning: 'The driver was replaced while a stream of it was read; the new one can be asked to go on.',
  },
  APPLY_BUSY: { kind: 'conflict', meaning: 'The assembly is being changed already.' },
  APPLY_FAILED: {
    kind: 'unavailable',
    meaning: 'A change of the assembly failed and was taken back; what ran before runs on.',
  },
  APPLY_CONFLICT: {
    kind: 'conflict',
    meaning: 'An entry has the name of another one that was removed and is still in use.',
  },
  RECONFIGURE_LATER: {
    kind: 'conflict',
    meaning: 'The component cannot take this configuration while it runs; its next start can.',
  },
  SMOKE_FAILED: { kind: 'unavailable', meaning: 'A new life of a component does not keep a promise of its contract.' },
  GENERATION_UNKNOWN: { kind: 'not-found', meaning: 'There is no such generation of the assembly to go back to.' },
  GENERATION_NOT_KEPT: { kind: 'unavailable', meaning: 'A generation of the assembly could not be written to disk.' },
  PID_FILE_TAKEN: { kind: 'conflict', meaning: 'The pid file belongs to a process that runs.' },
  PID_FILE_UNUSABLE: { kind: 'invalid', meaning: 'The pid file cannot be written.' },
  ENGINE_NOT_RUNNING: { kind: 'unavailable', meaning: 'No engine runs on the data root.' },
  MEMBER_NOT_AWAY: { kind: 'conflict', meaning: 'A component was to be started again, but it is not away.' },
  METRICS_OPTION_UNUSED: {
    kind: 'invalid',
    meaning: 'An address for metrics was given, but no component of the assembly serves them.',
  },
  PLUGIN_DIR_UNUSED: {
    kind: 'invalid',
    meaning: 'A folder of plugins was given, but no component of the assembly looks for plugins.',
  },
  DRIVER_UNKNOWN: { kind: 'not-found', meaning: 'No driver of that name provides the contract in this assembly.' },
  DRIVER_NAME_TAKEN: {
    kind: 'conflict',
    meaning: 'A driver that was found at run time has the name of another one; the first keeps it.',
  },
  DRIVER_AWAY: { kind: 'unavailable', meaning: 'The driver that an object belongs to is not running.' },
  NOT_SUPPORTED: { kind: 'not-implemented', meaning: 'The component does not offer this operation.' },
  CANCELLED: { kind: 'cancelled', meaning: 'The caller gave the call up.' },
} as const satisfies Record<string, ErrorEntry>
