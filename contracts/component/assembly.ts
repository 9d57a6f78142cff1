import { Type } from 'typebox'
import { defineContract } from './contract.ts'
import { Closed, Maybe, Nothing, OneOf, Open } from './schemas.ts'

const Member = Open({
  name: Type.String({ description: 'Entry of the assembly' }),
  component: Type.String(),
  version: Type.String(),
  mode: Type.String(),
  provides: Type.Array(Open({ contract: Type.String(), version: Type.String(), driver: Maybe(Type.String()) })),
  status: OneOf(['waiting', 'starting', 'ready', 'degraded', 'away', 'failed', 'stopped']),
  reason: Maybe(Type.String({ description: 'Why it is not ready' })),
  startMs: Maybe(Type.Number({ description: 'Milliseconds that its last start took' })),
})

/** What a running engine tells the moby command, on `moby.sock` in its run root, which root alone can open. */
export const componentAssembly = defineContract({
  id: 'component.assembly',
  version: '0.1.0',
  doc: 'A running assembly as its operator sees it.',
  overlap: 'exclusive',
  selection: 'single',
  methods: {
    status: {
      doc: 'Every component, in the order of the manifest.',
      request: Nothing,
      response: Open({ name: Type.String(), version: Type.String(), members: Type.Array(Member) }),
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
  },
})
