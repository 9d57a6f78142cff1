import type { Any } from '@moby/lib-ttrpc'

/** Codes of gRPC that are told here. */
export const grpcCodes = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  notFound: 5,
  alreadyExists: 6,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const

/** A call that failed with a status of gRPC: one of ours, or what the other side told. */
export class GrpcFailure extends Error {
  readonly code: number
  /** What clients that know the type print beside the message. */
  readonly details: readonly Any[]

  constructor(code: number, message: string, options: { details?: readonly Any[]; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'GrpcFailure'
    this.code = code
    this.details = options.details ?? []
  }
}
