import { Type, type Static } from 'typebox'
import { defineContract, shortAnswer } from './contract.ts'
import { Closed, Maybe, Nothing, OneOf, Open } from './schemas.ts'

export const Health = Open({
  status: OneOf(['ready', 'degraded'], 'degraded: it works with restrictions'),
  reason: Maybe(Type.String({ description: 'What is restricted, for `moby status`' })),
})
export type Health = Static<typeof Health>

/** What a component in a process of its own may offer to the kernel beside its contracts. */
export const componentLifecycle = defineContract({
  id: 'component.lifecycle',
  version: '0.1.0',
  doc: 'How the kernel starts, watches and stops a component that runs in a process of its own.',
  overlap: 'exclusive',
  overlapWhy: 'It speaks of one process, and is never behind a handle.',
  selection: 'single',
  methods: {
    start: {
      doc:
        'Called once every component of the assembly has been created, and after each restart of the process: the ' +
        'place to take up work that was left. The kernel gives up after startDeadlineMs of the descriptor.',
      request: Nothing,
      response: Open({}),
      errors: [],
      deadlineMs: 0,
      idempotent: false,
      maxAnswerBytes: shortAnswer,
    },
    stop: {
      doc:
        'Called when users of the component have stopped. After the answer, or after stopDeadlineMs of the descriptor, ' +
        'the process is sent SIGTERM.',
      request: Closed({
        reason: OneOf(
          ['leave-containers', 'stop-containers'],
          'leave-containers: workloads go on without the engine; stop-containers: end them and clean up',
        ),
      }),
      response: Open({}),
      errors: [],
      deadlineMs: 0,
      idempotent: false,
      maxAnswerBytes: shortAnswer,
    },
    health: {
      doc: 'Asked every few seconds; a component that does not answer several times is ended and started again.',
      request: Nothing,
      response: Health,
      errors: [],
      deadlineMs: 2_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
  },
})
