import { Type } from 'typebox'
import { defineContract } from './contract.ts'
import { Closed, Maybe, Open } from './schemas.ts'

/** What the kernel offers to a component in a process of its own, on the socket of what it requires. */
export const componentKernel = defineContract({
  id: 'component.kernel',
  version: '0.1.0',
  doc: 'What a component in a process of its own can tell the kernel.',
  overlap: 'shared',
  selection: 'single',
  methods: {
    degraded: {
      doc: 'Tells that the component works with restrictions, or works again (without reason).',
      request: Closed({ reason: Maybe(Type.String({ maxLength: 4096 })) }),
      response: Open({}),
      errors: [],
      deadlineMs: 5_000,
      idempotent: true,
    },
  },
})
