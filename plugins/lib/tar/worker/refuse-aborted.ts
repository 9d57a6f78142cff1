import { codedError, isCodedError } from '@moby/contracts/errors'

/** Fails when the caller gave up: as the signal says, where that has a code, else with CANCELLED. */
export function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  const reason: unknown = signal.reason
  throw isCodedError(reason)
    ? reason
    : codedError('CANCELLED', 'The work was given up by its caller', { cause: reason })
}
