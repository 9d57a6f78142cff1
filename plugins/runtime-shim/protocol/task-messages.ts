import {
  Any,
  bool,
  int32,
  message,
  nested,
  repeatedMessage,
  string,
  stringMap,
  Timestamp,
  uint32,
  type MessageValue,
} from '@moby/lib-ttrpc'

/** Messages of containerd's task service; versions 2 and 3 of it have the same (api/runtime/task/v3/shim.proto). */
const task = 'containerd.task.v2.'

const which = { id: string(1), execId: string(2) }
const exit = { exitStatus: uint32(1), exitedAt: nested(2, Timestamp) }

/** Where the standard streams are: FIFOs, files or nothing. */
const stdio = { terminal: bool(4), stdin: string(5), stdout: string(6), stderr: string(7) }

export const CreateRequest = message(`${task}CreateTaskRequest`, {
  id: string(1),
  bundle: string(2),
  ...stdio,
  options: nested(10, Any),
})
export const PidResponse = message(`${task}PidResponse`, { pid: uint32(1) })
export const WhichRequest = message(`${task}WhichRequest`, which)
export const IdRequest = message(`${task}IdRequest`, { id: string(1) })
export const WaitResponse = message(`${task}WaitResponse`, exit)
export const DeleteResponse = message(`${task}DeleteResponse`, {
  pid: uint32(1),
  exitStatus: uint32(2),
  exitedAt: nested(3, Timestamp),
})
export const ExecRequest = message(`${task}ExecProcessRequest`, {
  ...which,
  terminal: bool(3),
  stdin: string(4),
  stdout: string(5),
  stderr: string(6),
  spec: nested(7, Any),
})
export const KillRequest = message(`${task}KillRequest`, { ...which, signal: uint32(3), all: bool(4) })
export const ResizeRequest = message(`${task}ResizePtyRequest`, { ...which, width: uint32(3), height: uint32(4) })
export const CloseIoRequest = message(`${task}CloseIORequest`, { ...which, stdin: bool(3) })
export const UpdateRequest = message(`${task}UpdateTaskRequest`, {
  id: string(1),
  resources: nested(2, Any),
  annotations: stringMap(3),
})
export const ShutdownRequest = message(`${task}ShutdownRequest`, { id: string(1), now: bool(2) })
export const StatsResponse = message(`${task}StatsResponse`, { stats: nested(1, Any) })

const ProcessInfo = message('containerd.v1.types.ProcessInfo', { pid: uint32(1) })
export const PidsResponse = message(`${task}PidsResponse`, { processes: repeatedMessage(1, ProcessInfo) })

export const StateResponse = message(`${task}StateResponse`, {
  id: string(1),
  bundle: string(2),
  pid: uint32(3),
  status: int32(4),
  exitStatus: uint32(9),
  exitedAt: nested(10, Timestamp),
  execId: string(11),
})
export type StateResponse = MessageValue<typeof StateResponse>

/** Words for the numbers of `containerd.v1.types.Status`. */
export const statusWords = new Map<number, 'created' | 'running' | 'stopped' | 'paused'>([
  [1, 'created'],
  [2, 'running'],
  [3, 'stopped'],
  [4, 'paused'],
  // Being paused: the next thing that anyone sees is that it is.
  [5, 'paused'],
])
