import { Type, type Static } from 'typebox'
import { defineContract } from '../component/contract.ts'
import { Closed, Int64, Maybe, Nothing, OneOf, Open } from '../component/schemas.ts'

const Key = Type.String({ minLength: 1, maxLength: 512, description: 'Segments joined by slashes: containers/0123' })

export const Entry = Open({
  key: Key,
  value: Type.Unknown({ description: 'JSON' }),
  revision: Int64('Revision of the store when it was written last'),
})
export type Entry = Static<typeof Entry>

/** One change of a batch. `expect` makes it conditional: that revision, or '0' for a key that must not exist. */
export const Change = Type.Union([
  Closed({ put: Key, value: Type.Unknown(), expect: Maybe(Int64('Revision that the key must have')) }),
  Closed({ delete: Key, expect: Maybe(Int64('Revision that the key must have')) }),
])
export type Change = Static<typeof Change>

/**
 * Durable state of the engine. Revisions grow with every commit, over restarts too; a batch is applied
 * as a whole or not at all.
 */
export const stateStore = defineContract({
  id: 'state.store',
  version: '0.1.0',
  doc: 'Where the engine keeps what must survive it.',
  overlap: 'exclusive',
  overlapWhy: 'Revisions come from one writer.',
  selection: 'single',
  methods: {
    info: {
      doc: 'Version of the stored schema and the newest revision.',
      request: Nothing,
      response: Open({ schemaVersion: Type.Integer(), revision: Int64('Newest') }),
      errors: [],
      deadlineMs: 5_000,
      idempotent: true,
    },
    get: {
      doc: 'One key; `entry` is absent when it does not exist.',
      request: Closed({ key: Key }),
      response: Open({ entry: Maybe(Entry) }),
      errors: ['STATE_CORRUPT'],
      deadlineMs: 5_000,
      idempotent: true,
    },
    list: {
      doc: 'Keys that begin with the prefix, in the order of their UTF-8 bytes, at most `limit` after `after`.',
      request: Closed({
        prefix: Type.String(),
        after: Maybe(Key),
        limit: Maybe(Type.Integer({ minimum: 1, maximum: 10_000 })),
      }),
      response: Open({
        entries: Type.Array(Entry),
        revision: Int64('Revision that the list shows'),
        more: Type.Boolean(),
      }),
      errors: ['STATE_CORRUPT'],
      deadlineMs: 30_000,
      idempotent: true,
      maxBytes: 64 * 1024 * 1024,
    },
    commit: {
      doc:
        'Applies changes together, in their order; to delete a key that does not exist is no error. `power-loss`: when it answers they survive a loss of power (commits of several ' +
        'callers share one flush); `process`: they survive the death of the process.',
      request: Closed({
        changes: Type.Array(Change, { minItems: 1, maxItems: 10_000 }),
        durability: OneOf(['power-loss', 'process']),
      }),
      response: Open({ revision: Int64('Of this commit') }),
      errors: ['STATE_CONFLICT', 'STATE_CORRUPT', 'STATE_FULL', 'STATE_WRITE_FAILED'],
      deadlineMs: 30_000,
      idempotent: false,
      maxBytes: 64 * 1024 * 1024,
    },
    watch: {
      doc: 'Changes under a prefix after a revision, each once, in order. Deleted keys come without value.',
      request: Closed({ prefix: Type.String(), after: Maybe(Int64('Revision; absent: from now on')) }),
      output: Open({
        key: Key,
        value: Maybe(Type.Unknown()),
        deleted: Type.Boolean(),
        revision: Int64('Of the change'),
      }),
      errors: ['STATE_REVISION_GONE'],
      deadlineMs: 0,
      idempotent: true,
    },
  },
})
