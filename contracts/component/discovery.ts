import { defineContract, shortAnswer } from './contract.ts'
import { OfferedDriver } from './kernel.ts'
import { Open } from './schemas.ts'

/** What a component serves beside its contracts when it finds drivers while it runs, in a process of its own. */
export const componentDiscovery = defineContract({
  id: 'component.discovery',
  version: '0.1.0',
  doc: 'Asks a component in a process of its own for a driver that it has not offered so far.',
  overlap: 'exclusive',
  overlapWhy: 'It speaks of one process, and is never behind a handle.',
  selection: 'single',
  methods: {
    discover: {
      doc:
        'Somebody names a driver that nobody offers. What the component finds under that name it has offered to the ' +
        'kernel when it answers; that nothing is there is no error. It answers at once: what takes time is for the ' +
        'first call of the driver.',
      request: OfferedDriver,
      response: Open({}),
      errors: [],
      deadlineMs: 2_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
  },
})
