// Written from the contract by `npm run docs`; not to be edited.

import type { Call } from '../component.ts'

export interface InfoResponse {
  readonly name: string
  readonly version: string
  readonly path: string
  readonly commit?: string | undefined
  /** OCI runtime features, as it tells them */
  readonly features?: Readonly<Record<string, unknown>> | undefined
}

export interface Stdio {
  /** One terminal: stdout carries all output, stderr is absent */
  readonly terminal: boolean
  readonly stdin?: string | undefined
  readonly stdout?: string | undefined
  readonly stderr?: string | undefined
}

/** Who may open the standard streams */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

export interface CreateRequest {
  readonly id: string
  /** Absolute path of a folder with config.json and rootfs */
  readonly bundle: string
  readonly stdio: Stdio
  /** Who may open the standard streams */
  readonly owner?: Owner | undefined
}

export interface CreateResponse {
  readonly pid: number
}

export interface StartRequest {
  readonly id: string
  readonly execId?: string | undefined
}

export interface StartResponse {
  readonly pid: number
}

export interface ExecRequest {
  readonly id: string
  readonly execId: string
  /** OCI runtime specification: process */
  readonly process: Readonly<Record<string, unknown>>
  readonly stdio: Stdio
}

export interface WaitRequest {
  readonly id: string
  readonly execId?: string | undefined
}

export interface WaitResponse {
  /** 128 and the signal for a death by signal */
  readonly exitCode: number
  /** When it ended */
  readonly exitedAt: string
}

export interface KillRequest {
  readonly id: string
  readonly execId?: string | undefined
  readonly signal: number
  /** To every process of the container */
  readonly all?: boolean | undefined
}

export interface PauseRequest {
  readonly id: string
}

export interface ResumeRequest {
  readonly id: string
}

export interface UpdateRequest {
  readonly id: string
  /** OCI runtime specification: linux.resources */
  readonly resources: Readonly<Record<string, unknown>>
  /** Annotations of the runtime specification */
  readonly annotations?: Readonly<Record<string, string>> | undefined
}

export interface StatsRequest {
  readonly id: string
}

export interface Cpu {
  readonly totalNs: number
  readonly userNs: number
  readonly systemNs: number
  readonly perCpuNs?: readonly number[] | undefined
  readonly throttlePeriods?: number | undefined
  readonly throttledPeriods?: number | undefined
  readonly throttledNs?: number | undefined
}

export interface Memory {
  /** Bytes */
  readonly usage: number
  readonly maxUsage?: number | undefined
  /** Bytes; absent when unlimited */
  readonly limit?: number | undefined
  readonly failures?: number | undefined
  /** memory.stat as it is */
  readonly stats: Readonly<Record<string, number>>
}

export interface Pids {
  readonly current: number
  readonly limit?: number | undefined
}

export interface BlockIo {
  readonly major: number
  readonly minor: number
  readonly operation: string
  readonly bytes: number
}

export interface StatsResponse {
  /** When it was read */
  readonly readAt: string
  readonly cpu: Cpu
  readonly memory?: Memory | undefined
  readonly pids?: Pids | undefined
  readonly blockIo?: readonly BlockIo[] | undefined
}

export interface ProcessesRequest {
  readonly id: string
}

export interface ProcessesResponse {
  readonly pids: readonly number[]
}

export interface ResizeRequest {
  readonly id: string
  readonly execId?: string | undefined
  readonly width: number
  readonly height: number
}

export interface CloseStdinRequest {
  readonly id: string
  readonly execId?: string | undefined
}

export interface StateRequest {
  readonly id: string
  readonly execId?: string | undefined
}

export interface Exit {
  /** 128 and the signal for a death by signal */
  readonly exitCode: number
  /** When it ended */
  readonly exitedAt: string
}

export interface StateResponse {
  readonly id: string
  readonly status: 'created' | 'running' | 'paused' | 'stopped'
  /** 0 when it has none */
  readonly pid: number
  readonly exit?: Exit | undefined
}

export interface DeleteRequest {
  readonly id: string
  readonly execId?: string | undefined
  readonly force?: boolean | undefined
}

export interface DeleteResponse {
  readonly exit?: Exit | undefined
}

export interface ReconnectRequest {
  readonly id: string
  readonly bundle: string
}

export interface ReconnectResponse {
  readonly id: string
  readonly status: 'created' | 'running' | 'paused' | 'stopped'
  /** 0 when it has none */
  readonly pid: number
  readonly exit?: Exit | undefined
}

export interface RuntimeEvent {
  readonly kind: 'exit' | 'oom' | 'lost'
  readonly id: string
  readonly execId?: string | undefined
  readonly exit?: Exit | undefined
}

/** runtime 0.1.0: Starts, watches and ends containers. */
export interface Driver {
  /** The runtime behind it, for `docker info` and `moby doctor`. Errors: RUNTIME_BINARY_MISSING. */
  info(request: Record<string, never>, call?: Call): Promise<InfoResponse>

  /** Creates the container of a bundle: namespaces, cgroup and init exist afterwards, the user's program does not run yet. On error nothing is left. Errors: RUNTIME_TASK_EXISTS, RUNTIME_CREATE_FAILED, RUNTIME_BINARY_MISSING. */
  create(request: CreateRequest, call?: Call): Promise<CreateResponse>

  /** Starts the program of a created container, or of an exec. Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_STATE, RUNTIME_CREATE_FAILED. */
  start(request: StartRequest, call?: Call): Promise<StartResponse>

  /** Adds a process to a running container; `start` with its execId runs it. Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_EXISTS, RUNTIME_TASK_STATE. */
  exec(request: ExecRequest, call?: Call): Promise<Record<string, never>>

  /** Answers when the process has ended, however long that takes; at once when it has already. Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_SHIM_LOST. */
  wait(request: WaitRequest, call?: Call): Promise<WaitResponse>

  /** Sends a signal. Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_STATE. */
  kill(request: KillRequest, call?: Call): Promise<Record<string, never>>

  /** Freezes every process. Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_STATE, HOST_LACKS. */
  pause(request: PauseRequest, call?: Call): Promise<Record<string, never>>

  /** Thaws. Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_STATE. */
  resume(request: ResumeRequest, call?: Call): Promise<Record<string, never>>

  /** Changes limits. Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_STATE. */
  update(request: UpdateRequest, call?: Call): Promise<Record<string, never>>

  /** Counters of the container's cgroup. Errors: RUNTIME_TASK_NOT_FOUND. */
  stats(request: StatsRequest, call?: Call): Promise<StatsResponse>

  /** Process ids in the host's namespace. Errors: RUNTIME_TASK_NOT_FOUND. */
  processes(request: ProcessesRequest, call?: Call): Promise<ProcessesResponse>

  /** Sets the size of a terminal. Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_TASK_STATE. */
  resize(request: ResizeRequest, call?: Call): Promise<Record<string, never>>

  /** Ends the standard input: the process reads end of file after what was written. The caller has closed its own writing end of the FIFO before. Errors: RUNTIME_TASK_NOT_FOUND. */
  closeStdin(request: CloseStdinRequest, call?: Call): Promise<Record<string, never>>

  /** What the runtime says of a container or exec. Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_SHIM_LOST. */
  state(request: StateRequest, call?: Call): Promise<StateResponse>

  /** Removes a stopped container (with its cgroup, shim and run-time files) or a finished exec, and tells how it ended. With `force` a running one is killed first, and whatever remains of a lost one is cleaned up. An unknown one is success. Errors: RUNTIME_TASK_STATE. */
  delete(request: DeleteRequest, call?: Call): Promise<DeleteResponse>

  /** Takes up the task of a bundle after a restart of the engine. RUNTIME_SHIM_LOST means that its supervisor is gone: whatever was left has been cleaned up, and the exit is not known. Errors: RUNTIME_TASK_NOT_FOUND, RUNTIME_SHIM_LOST. */
  reconnect(request: ReconnectRequest, call?: Call): Promise<ReconnectResponse>

  /** Exits and deaths for lack of memory, as they happen, from now on. */
  events(request: Record<string, never>, call?: Call): AsyncIterable<RuntimeEvent>
}
