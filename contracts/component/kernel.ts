import { Type } from 'typebox'
import { defineContract } from './contract.ts'
import { Closed, Maybe, Open } from './schemas.ts'

export const OfferedDriver = Closed({
  contract: Type.String(),
  driver: Type.String({ minLength: 1, maxLength: 255, description: 'Name by which users select it' }),
})

/** What the kernel offers to a component in a process of its own, on the socket of what it requires. */
export const componentKernel = defineContract({
  id: 'component.kernel',
  version: '0.1.0',
  doc: 'What a component in a process of its own can tell the kernel.',
  overlap: 'shared',
  overlapWhy: 'It is the kernel itself; each component has a socket of its own to it.',
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
    offer: {
      doc:
        'Makes a driver known that the component found while it runs, of a contract that its descriptor provides with ' +
        '`dynamic: true`. Calls of it come to the socket of the component with its name in the header x-moby-driver. ' +
        'What a component offers before it answers its first handshake is there when others start. Offers end with the ' +
        'process; until it has offered them again its drivers are away.',
      request: OfferedDriver,
      response: Open({}),
      errors: ['DRIVER_NAME_TAKEN', 'COMPONENT_FAILED'],
      deadlineMs: 5_000,
      idempotent: true,
    },
    withdraw: {
      doc: 'Takes a driver back that it offered. Whoever still holds it gets DRIVER_AWAY with the reason.',
      request: Closed({ ...OfferedDriver.properties, reason: Type.String({ maxLength: 4096 }) }),
      response: Open({}),
      errors: [],
      deadlineMs: 5_000,
      idempotent: true,
    },
  },
})
