import { Type } from 'typebox'
import { defineContract } from './contract.ts'
import { Closed, Maybe, Nothing, OneOf, Open, Timestamp } from './schemas.ts'

const Member = Open({
  name: Type.String({ description: 'Entry of the assembly' }),
  component: Type.String(),
  version: Type.String(),
  mode: Type.String(),
  provides: Type.Array(Open({ contract: Type.String(), version: Type.String(), driver: Maybe(Type.String()) })),
  status: OneOf(['waiting', 'starting', 'ready', 'degraded', 'away', 'failed', 'stopped']),
  reason: Maybe(Type.String({ description: 'Why it is not ready' })),
  standing: Maybe(OneOf(['retired'], 'Removed from the assembly, and there for what still uses it')),
  pending: Maybe(Type.String({ description: 'What only the next start of the engine will do with it' })),
  startMs: Maybe(Type.Number({ description: 'Milliseconds that its last start took' })),
})

const Side = Open({ component: Type.String(), version: Type.String(), mode: Type.String() })

const Plan = {
  steps: Type.Array(
    Open({
      name: Type.String({ description: 'Entry of the assembly' }),
      action: OneOf(
        ['keep', 'add', 'replace', 'reconfigure', 'remove', 'retire', 'wait'],
        'retire: removed, and there for what still uses it; wait: left for the next start of the engine',
      ),
      from: Maybe(Side),
      to: Maybe(Side),
      changes: Type.Array(Type.String(), { description: 'What differs, in words' }),
      grows: Type.Array(Type.String(), { description: 'Permissions and grants that it did not have' }),
      shrinks: Type.Array(Type.String(), { description: 'Permissions and grants that it has no more' }),
      overlap: Maybe(OneOf(['shared', 'exclusive'], 'Of a replacement: whether both lives run for a moment')),
      because: Maybe(Type.String({ description: 'Why it waits, or who still uses it' })),
    }),
    { description: 'One for each entry, also for those that stay as they are' },
  ),
}

const Outcome = Open({
  generation: Type.Integer({ description: 'The one that runs now' }),
  plan: Open(Plan),
})

const Path = Type.String({
  pattern: '^/',
  description: 'Manifest; absent: the one that the engine was started with',
})

const faults = [
  'DOCUMENT_MISSING',
  'DOCUMENT_SYNTAX',
  'ASSEMBLY_PROBLEMS',
  'LOCK_MISSING',
  'LOCK_OUTDATED',
  'PAYLOAD_CHANGED',
] as const

/** What a running engine tells the moby command, on `moby.sock` in its run root, which root alone can open. */
export const componentAssembly = defineContract({
  id: 'component.assembly',
  version: '0.1.0',
  doc: 'A running assembly as its operator sees it.',
  overlap: 'exclusive',
  overlapWhy: 'It is the kernel itself, which is replaced by its next start.',
  selection: 'single',
  methods: {
    status: {
      doc: 'Every component, in the order of the manifest.',
      request: Nothing,
      response: Open({
        name: Type.String(),
        version: Type.String(),
        generation: Type.Integer({ description: 'Counts the changes of the data root' }),
        startedWith: Type.String({ description: 'Path of the manifest that a reload reads' }),
        change: Maybe(
          Open(
            {
              result: OneOf(['running', 'done', 'unchanged', 'failed']),
              what: Type.String({ description: 'What was asked for' }),
              at: Timestamp('When it ended, or began'),
              reason: Maybe(Type.String({ description: 'Of a failure, with file, line and column where it has them' })),
            },
            'The last change since the engine was started',
          ),
        ),
        members: Type.Array(Member),
      }),
      errors: [],
      deadlineMs: 5_000,
      idempotent: true,
    },
    retry: {
      doc: 'Starts a component that is away at once, and closes its breaker. The answer does not wait for the start.',
      request: Closed({ name: Type.String() }),
      response: Open({}),
      errors: ['ENTRY_UNKNOWN', 'MEMBER_NOT_AWAY'],
      deadlineMs: 5_000,
      idempotent: false,
    },
    plan: {
      doc:
        'What `apply` would do with the running assembly, without doing it. An error about a file has the text with its ' +
        'place in the detail `shown`.',
      request: Closed({ assembly: Maybe(Path) }),
      response: Open(Plan),
      errors: [...faults],
      deadlineMs: 120_000,
      idempotent: true,
    },
    apply: {
      doc:
        'Makes the running assembly that of a manifest and its lock: new lives start beside the old, are tried, take over, ' +
        'and the old ones end. Whatever fails on the way is taken back as a whole. Answers when the old lives have ended.',
      request: Closed({ assembly: Maybe(Path) }),
      response: Outcome,
      errors: [...faults, 'APPLY_BUSY', 'APPLY_CONFLICT', 'APPLY_FAILED', 'GENERATION_NOT_KEPT', 'PAYLOAD_NOT_KEPT'],
      deadlineMs: 0,
      idempotent: false,
    },
    rollback: {
      doc: 'Applies an earlier generation, as it was kept; absent: the one before the running one.',
      request: Closed({ to: Maybe(Type.Integer({ minimum: 1 })) }),
      response: Outcome,
      errors: [
        'GENERATION_UNKNOWN',
        'PAYLOAD_CHANGED',
        'PAYLOAD_DAMAGED',
        'PAYLOAD_NOT_KEPT',
        'LOCK_VERSION_GONE',
        'APPLY_BUSY',
        'APPLY_CONFLICT',
        'APPLY_FAILED',
        'GENERATION_NOT_KEPT',
      ],
      deadlineMs: 0,
      idempotent: false,
    },
    generations: {
      doc: 'The generations that are kept, oldest first.',
      request: Nothing,
      response: Open({
        current: Type.Integer(),
        generations: Type.Array(
          Open({
            number: Type.Integer(),
            at: Timestamp('When it took over'),
            origin: OneOf(['start', 'apply', 'reload', 'rollback']),
            of: Maybe(Type.Integer({ description: 'The generation that a rollback went back to' })),
            file: Type.String({ description: 'Path of its manifest' }),
          }),
        ),
      }),
      errors: [],
      deadlineMs: 5_000,
      idempotent: true,
    },
  },
})
