import { Type } from 'typebox'
import { defineContract, shortAnswer } from './contract.ts'
import { ForeignProgram } from './foreign-program.ts'
import { Grants } from './grants.ts'
import { Bytes, Closed, Maybe, Nothing, OneOf, Open, StringMap, Timestamp } from './schemas.ts'

const Id = Type.String({ minLength: 1, maxLength: 128, pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$' })
const AbsolutePath = Type.String({ pattern: '^/' })

const Exit = Open({
  exitCode: Type.Integer({ minimum: 0, maximum: 255, description: '128 and the signal for a death by signal' }),
  exitedAt: Timestamp('When it ended'),
})

/**
 * Starts components in containers, before there is any engine that could. What it starts lives no longer than the
 * process of the launcher: a container must end with whom it serves, whatever ends that one.
 */
export const componentLauncher = defineContract({
  id: 'component.launcher',
  version: '0.1.0',
  doc: 'Starts components in containers of their own, with what they were granted and nothing else.',
  overlap: 'exclusive',
  overlapWhy: 'What a launcher has started ends with its process, so that it is replaced with all that it runs.',
  selection: 'single',
  methods: {
    launch: {
      doc:
        'Starts a container; it runs when the call answers. On error nothing is left. It has no capability but those ' +
        'granted and gets no new privileges, the default filter of system calls, namespaces of its own (pid, ipc, uts, ' +
        'mount, cgroup, and network unless granted), and does not see or write the parts of /proc and /sys that tell ' +
        'of the host. Its standard input is open as long as the launcher lives; what does not end with it is ended.',
      request: Closed({
        name: Type.String({
          pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
          maxLength: 63,
          description: 'Part of the id, and the host name in the container',
        }),
        image: Type.String({
          pattern: '^/',
          description:
            'Folder on the host: an OCI image layout (it has a file oci-layout), whose contents are checked by their ' +
            'digests, or an unpacked root. It is never written, unless `foreign` says so',
        }),
        command: Maybe(
          Type.Array(Type.String(), { minItems: 1, description: 'Absent: entry point and command of the image' }),
        ),
        environment: Maybe(StringMap('Added to that of the image')),
        user: Maybe(
          Type.String({ description: '`user[:group]`, names or numbers; absent: that of the image, else root' }),
        ),
        workingDirectory: Maybe(AbsolutePath),
        folders: Type.Array(AbsolutePath, {
          description:
            "The component's own folders: seen at the same paths, writable, and given to its user with what is in them",
        }),
        grants: Grants,
        foreign: Maybe(ForeignProgram),
      }),
      response: Open({
        id: Id,
        pid: Type.Integer({ description: 'Of its first process, as the host sees it' }),
      }),
      errors: ['LAUNCH_IMAGE_INVALID', 'LAUNCH_GRANT_INVALID', 'LAUNCH_FAILED', 'HOST_LACKS', 'STORAGE_FULL'],
      deadlineMs: 120_000,
      idempotent: false,
      maxAnswerBytes: shortAnswer,
    },
    wait: {
      doc: 'Answers when the container has ended, however long that takes; at once when it has already.',
      request: Closed({ id: Id }),
      response: Exit,
      errors: ['LAUNCH_UNKNOWN'],
      deadlineMs: 0,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    logs: {
      doc:
        'What the container writes: the last 64 KiB of what has come, then all as it comes, until both outputs have ' +
        'ended. A reader that is too slow loses the oldest, and is told how much.',
      request: Closed({ id: Id }),
      output: Open({
        output: OneOf(['stdout', 'stderr']),
        data: Bytes('As it came'),
        lost: Maybe(Type.Integer({ minimum: 1, description: 'Bytes that are missing before this record' })),
      }),
      errors: ['LAUNCH_UNKNOWN'],
      deadlineMs: 0,
      idempotent: true,
    },
    kill: {
      doc: 'Sends a signal to the first process; with 9 all end. One that has ended is success.',
      request: Closed({ id: Id, signal: Type.Integer({ minimum: 1, maximum: 64 }) }),
      response: Open({}),
      errors: ['LAUNCH_UNKNOWN', 'LAUNCH_FAILED'],
      deadlineMs: 10_000,
      idempotent: false,
      maxAnswerBytes: shortAnswer,
    },
    remove: {
      doc: 'Ends a container if it runs, and removes all that was made for it. An unknown one is success.',
      request: Closed({ id: Id }),
      response: Open({}),
      errors: ['LAUNCH_FAILED'],
      deadlineMs: 30_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    list: {
      doc:
        'Every container that was not removed. `left`: of an earlier life, which the sweep at the start could not ' +
        'remove; `remove` tries again.',
      request: Nothing,
      response: Open({
        containers: Type.Array(
          Open({
            id: Id,
            name: Type.String(),
            status: OneOf(['running', 'ended', 'left']),
            pid: Maybe(Type.Integer({ description: 'While it runs' })),
            exit: Maybe(Exit),
          }),
        ),
      }),
      errors: [],
      deadlineMs: 10_000,
      idempotent: true,
    },
  },
})
