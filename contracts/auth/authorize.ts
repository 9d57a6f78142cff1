import { Type, type Static } from 'typebox'
import { defineContract, shortAnswer } from '../component/contract.ts'
import { Bytes, Closed, Maybe, Open, StringMap } from '../component/schemas.ts'
import { Principal } from './authenticate.ts'

/** The parsed operation: the very object that the engine will act on. */
export const Operation = Closed({
  name: Type.String({ description: 'Method of the engine contract: containers.create' }),
  request: Type.Unknown({ description: 'Its request' }),
})
export type Operation = Static<typeof Operation>

/** The request as it came, for drivers that speak Docker's authorization protocol. */
export const HttpEvidence = Closed({
  method: Type.String(),
  uri: Type.String({ description: 'As received, with version and query' }),
  headers: StringMap('Credentials are removed'),
  body: Maybe(Bytes('JSON bodies only; a body over the limit is denied, never left out')),
  certificates: Maybe(Type.Array(Type.String())),
})

const Decision = Open({
  allow: Type.Boolean(),
  message: Maybe(Type.String({ description: 'Told to the caller when denied' })),
})

export const authAuthorize = defineContract({
  id: 'auth.authorize',
  version: '0.1.0',
  doc: 'What a caller may do. Several drivers are asked in order, and all must allow.',
  overlap: 'shared',
  overlapWhy: 'Each decision stands for itself; a driver keeps nothing between two calls.',
  selection: 'driver',
  methods: {
    authorize: {
      doc: 'Decides on an operation before it is done. An error counts as a denial. The same question has the same answer, whatever was asked before or meanwhile, and the operation is left as it is.',
      request: Closed({ principal: Principal, operation: Operation, http: Maybe(HttpEvidence) }),
      response: Decision,
      errors: [],
      deadlineMs: 10_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    authorizeResponse: {
      doc: 'Decides whether the caller may see the answer, for answers that are not streams.',
      request: Closed({
        principal: Principal,
        operation: Operation,
        http: Maybe(HttpEvidence),
        status: Type.Integer(),
        headers: StringMap('Of the answer'),
        body: Maybe(Bytes('Of the answer')),
      }),
      response: Decision,
      errors: ['NOT_SUPPORTED'],
      deadlineMs: 10_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
  },
})
