import { Type, type Static } from 'typebox'
import { defineContract, shortAnswer } from '../component/contract.ts'
import { Closed, Maybe, Nothing, OneOf, Open, StringMap, Timestamp } from '../component/schemas.ts'

const Id = Type.String({ minLength: 1, maxLength: 128, pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$' })
const Which = { id: Id, execId: Maybe(Id) }

/** Paths of FIFOs on the host; the caller holds them open before the call. Absent: /dev/null. */
export const Stdio = Closed({
  terminal: Type.Boolean({ description: 'One terminal: stdout carries all output, stderr is absent' }),
  stdin: Maybe(Type.String()),
  stdout: Maybe(Type.String()),
  stderr: Maybe(Type.String()),
})
export type Stdio = Static<typeof Stdio>

const Exit = Open({
  exitCode: Type.Integer({ minimum: 0, maximum: 255, description: '128 and the signal for a death by signal' }),
  exitedAt: Timestamp('When it ended'),
})
export type Exit = Static<typeof Exit>

export const TaskState = Open({
  id: Id,
  status: OneOf(['created', 'running', 'paused', 'stopped']),
  pid: Type.Integer({ description: '0 when it has none' }),
  exit: Maybe(Exit),
})
export type TaskState = Static<typeof TaskState>

/** Counters of cgroup v1 and v2 in one form; absent where the host does not count. */
export const TaskStats = Open({
  readAt: Timestamp('When it was read'),
  cpu: Open({
    totalNs: Type.Number(),
    userNs: Type.Number(),
    systemNs: Type.Number(),
    perCpuNs: Maybe(Type.Array(Type.Number())),
    throttlePeriods: Maybe(Type.Number()),
    throttledPeriods: Maybe(Type.Number()),
    throttledNs: Maybe(Type.Number()),
  }),
  memory: Maybe(
    Open({
      usage: Type.Number({ description: 'Bytes' }),
      maxUsage: Maybe(Type.Number()),
      limit: Maybe(Type.Number({ description: 'Bytes; absent when unlimited' })),
      failures: Maybe(Type.Number()),
      stats: Type.Record(Type.String(), Type.Number(), { description: 'memory.stat as it is' }),
    }),
  ),
  pids: Maybe(Open({ current: Type.Number(), limit: Maybe(Type.Number()) })),
  blockIo: Maybe(
    Type.Array(Open({ major: Type.Number(), minor: Type.Number(), operation: Type.String(), bytes: Type.Number() })),
  ),
})
export type TaskStats = Static<typeof TaskStats>

export const RuntimeEvent = Open({
  kind: OneOf(['exit', 'oom', 'lost']),
  id: Id,
  execId: Maybe(Id),
  exit: Maybe(Exit),
})
export type RuntimeEvent = Static<typeof RuntimeEvent>

/**
 * Runs OCI bundles. What it starts outlives the engine and this component; after a restart `reconnect`
 * takes a task up again. The engine mounts the root file system and writes the bundle's config.json.
 */
export const runtime = defineContract({
  id: 'runtime',
  version: '0.1.0',
  doc: 'Starts, watches and ends containers.',
  overlap: 'exclusive',
  overlapWhy: 'Two lives would take up the same tasks and both report, and clean up after, each exit.',
  selection: 'driver',
  methods: {
    info: {
      doc: 'The runtime behind it, for `docker info` and `moby doctor`.',
      request: Nothing,
      response: Open({
        name: Type.String(),
        version: Type.String(),
        path: Type.String(),
        commit: Maybe(Type.String()),
        features: Maybe(
          Type.Record(Type.String(), Type.Unknown(), { description: 'OCI runtime features, as it tells them' }),
        ),
      }),
      errors: ['RUNTIME_BINARY_MISSING'],
      deadlineMs: 10_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    create: {
      doc:
        "Creates the container of a bundle: namespaces, cgroup and init exist afterwards, the user's program does not run yet. " +
        'On error nothing is left.',
      request: Closed({
        id: Id,
        bundle: Type.String({ description: 'Absolute path of a folder with config.json and rootfs' }),
        stdio: Stdio,
        owner: Maybe(Closed({ uid: Type.Integer(), gid: Type.Integer() }, 'Who may open the standard streams')),
      }),
      response: Open({ pid: Type.Integer() }),
      errors: ['RUNTIME_TASK_EXISTS', 'RUNTIME_CREATE_FAILED', 'RUNTIME_BINARY_MISSING'],
      deadlineMs: 60_000,
      idempotent: false,
      maxAnswerBytes: shortAnswer,
    },
    start: {
      doc: 'Starts the program of a created container, or of an exec.',
      request: Closed(Which),
      response: Open({ pid: Type.Integer() }),
      errors: ['RUNTIME_TASK_NOT_FOUND', 'RUNTIME_TASK_STATE', 'RUNTIME_CREATE_FAILED'],
      deadlineMs: 60_000,
      idempotent: false,
      maxAnswerBytes: shortAnswer,
    },
    exec: {
      doc: 'Adds a process to a running container; `start` with its execId runs it.',
      request: Closed({
        id: Id,
        execId: Id,
        process: Type.Record(Type.String(), Type.Unknown(), { description: 'OCI runtime specification: process' }),
        stdio: Stdio,
      }),
      response: Open({}),
      errors: ['RUNTIME_TASK_NOT_FOUND', 'RUNTIME_TASK_EXISTS', 'RUNTIME_TASK_STATE'],
      deadlineMs: 30_000,
      idempotent: false,
      maxAnswerBytes: shortAnswer,
    },
    wait: {
      doc: 'Answers when the process has ended, however long that takes; at once when it has already.',
      request: Closed(Which),
      response: Exit,
      errors: ['RUNTIME_TASK_NOT_FOUND', 'RUNTIME_SHIM_LOST'],
      deadlineMs: 0,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    kill: {
      doc: 'Sends a signal.',
      request: Closed({
        ...Which,
        signal: Type.Integer({ minimum: 0, maximum: 64 }),
        all: Maybe(Type.Boolean({ description: 'To every process of the container' })),
      }),
      response: Open({}),
      errors: ['RUNTIME_TASK_NOT_FOUND', 'RUNTIME_TASK_STATE'],
      deadlineMs: 10_000,
      idempotent: false,
      maxAnswerBytes: shortAnswer,
    },
    pause: {
      doc: 'Freezes every process.',
      request: Closed({ id: Id }),
      response: Open({}),
      errors: ['RUNTIME_TASK_NOT_FOUND', 'RUNTIME_TASK_STATE', 'HOST_LACKS'],
      deadlineMs: 30_000,
      idempotent: false,
      maxAnswerBytes: shortAnswer,
    },
    resume: {
      doc: 'Thaws.',
      request: Closed({ id: Id }),
      response: Open({}),
      errors: ['RUNTIME_TASK_NOT_FOUND', 'RUNTIME_TASK_STATE'],
      deadlineMs: 30_000,
      idempotent: false,
      maxAnswerBytes: shortAnswer,
    },
    update: {
      doc: 'Changes limits.',
      request: Closed({
        id: Id,
        resources: Type.Record(Type.String(), Type.Unknown(), {
          description: 'OCI runtime specification: linux.resources',
        }),
        annotations: Maybe(StringMap('Annotations of the runtime specification')),
      }),
      response: Open({}),
      errors: ['RUNTIME_TASK_NOT_FOUND', 'RUNTIME_TASK_STATE'],
      deadlineMs: 30_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    stats: {
      doc: "Counters of the container's cgroup.",
      request: Closed({ id: Id }),
      response: TaskStats,
      errors: ['RUNTIME_TASK_NOT_FOUND'],
      deadlineMs: 10_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    processes: {
      doc: "Process ids in the host's namespace.",
      request: Closed({ id: Id }),
      response: Open({ pids: Type.Array(Type.Integer()) }),
      errors: ['RUNTIME_TASK_NOT_FOUND'],
      deadlineMs: 10_000,
      idempotent: true,
    },
    resize: {
      doc: 'Sets the size of a terminal.',
      request: Closed({
        ...Which,
        width: Type.Integer({ minimum: 0, maximum: 65_535 }),
        height: Type.Integer({ minimum: 0, maximum: 65_535 }),
      }),
      response: Open({}),
      errors: ['RUNTIME_TASK_NOT_FOUND', 'RUNTIME_TASK_STATE'],
      deadlineMs: 10_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    closeStdin: {
      doc:
        'Ends the standard input: the process reads end of file after what was written. The caller has closed its own ' +
        'writing end of the FIFO before.',
      request: Closed(Which),
      response: Open({}),
      errors: ['RUNTIME_TASK_NOT_FOUND'],
      deadlineMs: 10_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    state: {
      doc: 'What the runtime says of a container or exec.',
      request: Closed(Which),
      response: TaskState,
      errors: ['RUNTIME_TASK_NOT_FOUND', 'RUNTIME_SHIM_LOST'],
      deadlineMs: 10_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    delete: {
      doc:
        'Removes a stopped container (with its cgroup, shim and run-time files) or a finished exec, and tells how it ended. ' +
        'With `force` a running one is killed first, and whatever remains of a lost one is cleaned up. An unknown one is success.',
      request: Closed({ ...Which, force: Maybe(Type.Boolean()) }),
      response: Open({ exit: Maybe(Exit) }),
      errors: ['RUNTIME_TASK_STATE'],
      deadlineMs: 60_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    reconnect: {
      doc:
        'Takes up the task of a bundle after a restart of the engine. RUNTIME_SHIM_LOST means that its supervisor is gone: ' +
        'whatever was left has been cleaned up, and the exit is not known.',
      request: Closed({ id: Id, bundle: Type.String() }),
      response: TaskState,
      errors: ['RUNTIME_TASK_NOT_FOUND', 'RUNTIME_SHIM_LOST'],
      deadlineMs: 15_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    events: {
      doc: 'Exits and deaths for lack of memory, as they happen, from now on.',
      request: Nothing,
      output: RuntimeEvent,
      errors: [],
      deadlineMs: 0,
      idempotent: true,
    },
  },
})
