import { isCodedError } from '../errors/index.ts'
import type { Logger } from '../component/define-component.ts'

/** A call that failed, as either end sees it. */
export interface CallFailure {
  /** Correlation id: the same at both ends. */
  readonly call: string
  /** `storage.volume create`. */
  readonly subject: string
  readonly error: unknown
}

export type OnFailure = (failure: CallFailure) => void

/** Tells of a failure and gives its error back, to be thrown. */
export function reportFailure(onFailure: OnFailure | undefined, failure: CallFailure): unknown {
  onFailure?.(failure)
  return failure.error
}

/** Kinds of errors that an operator must hear of; the others are answers that a caller can expect. */
const troubles = new Set(['internal', 'unavailable', 'deadline', 'exhausted'])

/** Writes failures into a log: what an operator must hear of as a warning, ordinary refusals for debugging alone. */
export function logFailures(log: Logger, end: 'caller' | 'server'): OnFailure {
  return ({ call, subject, error }) => {
    const code = isCodedError(error) ? error.code : 'WIRE_INTERNAL'
    const reason = error instanceof Error ? error.message : String(error)
    const trouble = !isCodedError(error) || troubles.has(error.kind)
    log[trouble ? 'warn' : 'debug']('a call failed', { call, subject, code, reason, end })
  }
}
