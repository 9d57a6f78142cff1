import { errorKinds, isCodedError, type Logger } from '@moby/contracts'

/** Status and message of an error, as Docker's clients expect them. */
export interface ErrorAnswer {
  readonly status: number
  readonly message: string
}

/**
 * Maps the kind of a coded error to a status. Where Docker has no text to be true to, the remedy is told too. Anything
 * that is not coded is a defect: it is logged, and the client learns no more than that.
 */
export function errorAnswer(error: unknown, log: Pick<Logger, 'error'>): ErrorAnswer {
  if (!isCodedError(error)) {
    const stack = error instanceof Error ? error.stack : String(error)
    log.error('A request failed without a coded error', { stack })
    return { status: 500, message: 'internal error' }
  }
  const tellHint = error.hint !== undefined && (error.kind === 'not-implemented' || error.kind === 'unavailable')
  // 499 is for logs; a client that reads the answer after all learns that the operation did not happen.
  const status = error.kind === 'cancelled' ? 503 : (errorKinds[error.kind] ?? 500)
  return { status, message: tellHint ? `${error.message.replace(/\.$/, '')}: ${error.hint}` : error.message }
}
