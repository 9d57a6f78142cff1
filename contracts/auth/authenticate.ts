import { Type, type Static } from 'typebox'
import { defineContract, shortAnswer } from '../component/contract.ts'
import { Closed, Maybe, OneOf, Open, StringMap } from '../component/schemas.ts'

/** Who calls, as far as a driver could tell. */
export const Principal = Open({
  name: Type.String({ description: 'User name, certificate name, subject; the number of a user that has no name' }),
  method: Type.String({ description: 'How it was established: peer-credentials, tls, token' }),
  groups: Type.Array(Type.String(), { description: 'Names, each once; empty when none is known' }),
})
export type Principal = Static<typeof Principal>

/** What the transport knows of a connection. */
export const Evidence = Closed({
  transport: OneOf(['unix', 'tcp', 'tls']),
  /** Says nothing on another transport than `unix`. */
  peer: Maybe(
    Closed({
      uid: Type.Integer(),
      gid: Type.Integer(),
      pid: Type.Integer({ description: 'In the namespace of the engine; may have been reused' }),
    }),
  ),
  certificates: Maybe(
    Type.Array(Type.String(), { description: "PEM, the peer's own first; only those that the front-end has verified" }),
  ),
  headers: Maybe(StringMap('Headers that may carry credentials, lower-case names')),
})
export type Evidence = Static<typeof Evidence>

export const authAuthenticate = defineContract({
  id: 'auth.authenticate',
  version: '0.1.0',
  doc: 'Who is calling.',
  overlap: 'shared',
  overlapWhy: 'Each answer stands for itself; a driver keeps nothing between two calls.',
  selection: 'driver',
  methods: {
    socket: {
      doc: 'How a front-end must make its Unix socket, so that the right callers can connect.',
      request: Closed({}),
      response: Open({
        mode: Type.Integer({ description: 'Permission bits: never those of others than owner and group' }),
        gid: Maybe(Type.Integer({ description: "Group of the socket; absent, that of the front-end's process" })),
      }),
      errors: [],
      deadlineMs: 5_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    authenticate: {
      doc: 'The principal behind a connection, the same for the same evidence. Fails with AUTH_NOT_AUTHENTICATED, never by guessing: not by `peer` of another transport than `unix`, nor by evidence of any size that it cannot use.',
      request: Closed({ evidence: Evidence }),
      response: Open({ principal: Principal }),
      errors: ['AUTH_NOT_AUTHENTICATED'],
      deadlineMs: 10_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
  },
})
