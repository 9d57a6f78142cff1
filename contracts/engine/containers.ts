import { Type, type Static } from 'typebox'
import { defineContract } from '../component/contract.ts'
import { Closed, Int64, Maybe, OneOf, Open } from '../component/schemas.ts'
import { LogBatch } from '../log/driver.ts'
import { TaskStats } from '../runtime/runtime.ts'
import { AttachItem } from './attach-item.ts'
import { containerFiles } from './container-files.ts'
import { ref, refErrors } from './container-ref.ts'
import { Container, ContainerSpec, containerStatuses, ResourceSpec } from './container-spec.ts'

const OnContainer = Closed({ ref })
const Strings = Type.Array(Type.String())

/** All given conditions must hold; within one, any value suffices (labels: all). */
export const ContainerFilter = Closed({
  ids: Maybe(Strings),
  names: Maybe(Type.Array(Type.String({ description: 'Regular expression on the name' }))),
  statuses: Maybe(Type.Array(OneOf(containerStatuses))),
  labels: Maybe(Type.Array(Type.String({ description: 'key or key=value' }))),
  exitCodes: Maybe(Type.Array(Type.Integer())),
  ancestors: Maybe(Type.Array(Type.String({ description: 'Image reference or id, or a parent of it' }))),
  networks: Maybe(Strings),
  volumes: Maybe(Strings),
  publish: Maybe(Strings),
  expose: Maybe(Strings),
  health: Maybe(Strings),
  before: Maybe(Type.String()),
  since: Maybe(Type.String()),
  createdBefore: Maybe(Type.String({ description: 'RFC 3339' })),
})
export type ContainerFilter = Static<typeof ContainerFilter>

const Warnings = Type.Array(Type.String())

export const engineContainers = defineContract({
  id: 'engine.containers',
  version: '0.1.0',
  doc: 'Containers, as front-ends see them.',
  overlap: 'exclusive',
  overlapWhy: 'The engine alone writes its records and acts on the host.',
  selection: 'single',
  methods: {
    create: {
      doc: 'Makes a container without starting it.',
      request: Closed({
        name: Maybe(Type.String()),
        spec: ContainerSpec,
        frontend: Maybe(
          Type.Unknown({ description: 'Kept with the container for the front-end, which gets it back untouched' }),
        ),
      }),
      response: Open({ id: Type.String(), warnings: Warnings }),
      errors: [
        'IMAGE_NOT_FOUND',
        'CONTAINER_NAME_IN_USE',
        'CONTAINER_NAME_INVALID',
        'CONTAINER_SPEC_INVALID',
        'DRIVER_UNKNOWN',
        'VOLUME_NAME_INVALID',
        'LOG_OPTION_INVALID',
      ],
      deadlineMs: 120_000,
      idempotent: false,
    },
    start: {
      doc: 'Starts a container. `changed` is false when it was running already.',
      request: OnContainer,
      response: Open({ changed: Type.Boolean() }),
      errors: [
        ...refErrors,
        'CONTAINER_STATE',
        'CONTAINER_START_FAILED',
        'PORT_IN_USE',
        'NETWORK_NOT_KNOWN',
        'DRIVER_AWAY',
        'HOST_LACKS',
      ],
      deadlineMs: 120_000,
      idempotent: true,
    },
    stop: {
      doc: 'Sends the stop signal, and SIGKILL after the timeout. -1 waits without end.',
      request: Closed({ ref, timeoutSeconds: Maybe(Type.Integer({ minimum: -1 })), signal: Maybe(Type.String()) }),
      response: Open({ changed: Type.Boolean() }),
      errors: [...refErrors, 'CONTAINER_STATE'],
      deadlineMs: 0,
      idempotent: true,
    },
    restart: {
      doc: 'Stops and starts.',
      request: Closed({ ref, timeoutSeconds: Maybe(Type.Integer({ minimum: -1 })), signal: Maybe(Type.String()) }),
      response: Open({}),
      errors: [...refErrors, 'CONTAINER_START_FAILED'],
      deadlineMs: 0,
      idempotent: false,
    },
    kill: {
      doc: 'Sends a signal, SIGKILL unless told otherwise.',
      request: Closed({ ref, signal: Maybe(Type.String({ description: 'Name with or without SIG, or number' })) }),
      response: Open({}),
      errors: [...refErrors, 'CONTAINER_NOT_RUNNING', 'SIGNAL_UNKNOWN'],
      deadlineMs: 30_000,
      idempotent: false,
    },
    pause: {
      doc: 'Freezes it.',
      request: OnContainer,
      response: Open({}),
      errors: [...refErrors, 'CONTAINER_STATE', 'CONTAINER_NOT_RUNNING'],
      deadlineMs: 30_000,
      idempotent: false,
    },
    unpause: {
      doc: 'Thaws it.',
      request: OnContainer,
      response: Open({}),
      errors: [...refErrors, 'CONTAINER_STATE'],
      deadlineMs: 30_000,
      idempotent: false,
    },
    rename: {
      doc: 'Gives another name.',
      request: Closed({ ref, name: Type.String() }),
      response: Open({}),
      errors: [...refErrors, 'CONTAINER_NAME_IN_USE', 'CONTAINER_NAME_INVALID'],
      deadlineMs: 30_000,
      idempotent: false,
    },
    update: {
      doc: 'Changes limits and restart policy, of a running container at once.',
      request: Closed({ ref, resources: ResourceSpec, restart: ContainerSpec.properties.restart }),
      response: Open({ warnings: Warnings }),
      errors: [...refErrors, 'CONTAINER_STATE', 'CONTAINER_SPEC_INVALID'],
      deadlineMs: 30_000,
      idempotent: true,
    },
    remove: {
      doc: 'Removes a container; `force` ends a running one first, `volumes` removes its anonymous volumes.',
      request: Closed({ ref, force: Maybe(Type.Boolean()), volumes: Maybe(Type.Boolean()) }),
      response: Open({}),
      errors: [...refErrors, 'CONTAINER_STATE'],
      deadlineMs: 120_000,
      idempotent: false,
    },
    inspect: {
      doc: 'One container.',
      request: Closed({ ref, size: Maybe(Type.Boolean()) }),
      response: Container,
      errors: [...refErrors],
      deadlineMs: 30_000,
      idempotent: true,
    },
    list: {
      doc: 'Containers, newest first.',
      request: Closed({
        all: Maybe(Type.Boolean()),
        limit: Maybe(Type.Integer()),
        size: Maybe(Type.Boolean()),
        filter: Maybe(ContainerFilter),
      }),
      response: Open({ containers: Type.Array(Container) }),
      errors: ['CONTAINER_NOT_FOUND', 'FILTER_INVALID'],
      deadlineMs: 60_000,
      idempotent: true,
    },
    wait: {
      doc: 'First item at once when the waiting has begun (so that a caller may start the container), the exit when the condition holds.',
      request: Closed({ ref, condition: OneOf(['not-running', 'next-exit', 'removed']) }),
      output: Open({ waiting: Maybe(Type.Boolean()), exitCode: Maybe(Type.Integer()), error: Maybe(Type.String()) }),
      errors: [...refErrors],
      deadlineMs: 0,
      idempotent: true,
    },
    logs: {
      doc: 'What the log driver kept, in the order written, in batches.',
      request: Closed({
        ref,
        stdout: Type.Boolean(),
        stderr: Type.Boolean(),
        follow: Maybe(Type.Boolean()),
        tail: Maybe(Type.Integer({ minimum: 0 })),
        since: Maybe(Type.String({ description: 'RFC 3339' })),
        until: Maybe(Type.String({ description: 'RFC 3339' })),
      }),
      output: LogBatch,
      errors: [...refErrors, 'LOG_NOT_READABLE', 'DRIVER_AWAY'],
      deadlineMs: 0,
      idempotent: true,
    },
    attach: {
      doc:
        'Live output, and input for a container with open stdin. `attached` comes first, before any output, when nothing that is ' +
        'written from now on can be missed. The end of the input stream closes stdin where the container was created with stdinOnce. ' +
        'It ends when the container does, or when the detach keys come (`detached`).',
      request: Closed({
        ref,
        stdin: Type.Boolean(),
        stdout: Type.Boolean(),
        stderr: Type.Boolean(),
        logs: Maybe(Type.Boolean({ description: 'Earlier output first' })),
        stream: Type.Boolean({ description: 'Go on with what comes' }),
        detachKeys: Maybe(Type.String({ description: 'ctrl-p,ctrl-q unless told otherwise' })),
      }),
      input: 'bytes',
      output: AttachItem,
      errors: [...refErrors, 'CONTAINER_STATE', 'DETACH_KEYS_INVALID'],
      deadlineMs: 0,
      idempotent: false,
    },
    resize: {
      doc: 'Sets the size of its terminal.',
      request: Closed({
        ref,
        height: Type.Integer({ minimum: 0, maximum: 65_535 }),
        width: Type.Integer({ minimum: 0, maximum: 65_535 }),
      }),
      response: Open({}),
      errors: [...refErrors, 'CONTAINER_NOT_RUNNING'],
      deadlineMs: 10_000,
      idempotent: true,
    },
    top: {
      doc: 'Its processes, as ps on the host tells them.',
      request: Closed({ ref, psArguments: Maybe(Type.String()) }),
      response: Open({ titles: Strings, processes: Type.Array(Strings) }),
      errors: [...refErrors, 'CONTAINER_NOT_RUNNING', 'CONTAINER_STATE'],
      deadlineMs: 30_000,
      idempotent: true,
    },
    stats: {
      doc: 'Counters, once a second, or one reading. Not running: one item without task.',
      request: Closed({
        ref,
        stream: Type.Boolean(),
        oneShot: Maybe(Type.Boolean({ description: 'Without a first reading to compare with' })),
      }),
      output: Open({
        id: Type.String(),
        name: Type.String(),
        task: Maybe(TaskStats),
        previous: Maybe(TaskStats),
        systemCpuNs: Maybe(Type.Number()),
        previousSystemCpuNs: Maybe(Type.Number()),
        onlineCpus: Type.Integer(),
        hostMemoryBytes: Type.Number(),
        networks: Maybe(
          Type.Record(
            Type.String(),
            Open({
              rxBytes: Type.Number(),
              rxPackets: Type.Number(),
              rxErrors: Type.Number(),
              rxDropped: Type.Number(),
              txBytes: Type.Number(),
              txPackets: Type.Number(),
              txErrors: Type.Number(),
              txDropped: Type.Number(),
            }),
          ),
        ),
      }),
      errors: [...refErrors],
      deadlineMs: 0,
      idempotent: true,
    },
    changes: {
      doc: 'What it changed against its image.',
      request: OnContainer,
      output: Open({ path: Type.String(), kind: OneOf(['added', 'modified', 'deleted']) }),
      errors: [...refErrors],
      deadlineMs: 0,
      idempotent: true,
    },
    prune: {
      doc: 'Removes every container that is not running and that the filter takes.',
      request: Closed({ createdBefore: Maybe(Type.String()), labels: Maybe(Strings), notLabels: Maybe(Strings) }),
      response: Open({ removed: Strings, spaceReclaimed: Int64('Bytes') }),
      errors: [],
      deadlineMs: 0,
      idempotent: true,
    },
    commit: {
      doc:
        'Makes an image of a container: what it changed against its image becomes a layer, its configuration with ' +
        'the changes given that of the image. With `pause` the container stands still meanwhile.',
      request: Closed({
        ref,
        reference: Maybe(Type.String({ description: 'Name for the image' })),
        author: Maybe(Type.String()),
        comment: Maybe(Type.String()),
        createdBy: Maybe(Type.String({ description: 'Of the entry in the history; absent, what the container ran' })),
        changes: Maybe(Type.Array(Type.String({ description: 'Dockerfile instructions that set configuration' }))),
        config: Maybe(
          Type.Record(Type.String(), Type.Unknown(), {
            description: 'Configuration in the keys of the OCI image specification, over that of the container',
          }),
        ),
        exact: Maybe(
          Type.Boolean({ description: '`config` is all of the configuration: nothing of the container comes in' }),
        ),
        without: Maybe(
          Type.Array(Type.String(), {
            description:
              'Absolute paths that do not belong to the layer as far as the container added them: mount points',
          }),
        ),
        passing: Maybe(
          Type.Boolean({
            description: 'The image need not survive a loss of power until it gets a name: a step of a build',
          }),
        ),
        pause: Maybe(Type.Boolean({ description: 'True when absent' })),
      }),
      response: Open({ id: Type.String({ description: '`sha256:` and hex' }) }),
      errors: [
        ...refErrors,
        'CONTAINER_STATE',
        'IMAGE_REFERENCE_INVALID',
        'IMAGE_CHANGE_INVALID',
        'SNAPSHOT_TOO_DEEP',
        'STORAGE_FULL',
      ],
      deadlineMs: 0,
      idempotent: false,
    },
    export: {
      doc: 'The root file system of a container as an uncompressed archive, without what is mounted in it.',
      request: OnContainer,
      output: 'bytes',
      errors: [...refErrors],
      deadlineMs: 0,
      idempotent: true,
    },
    ...containerFiles,
  },
})
