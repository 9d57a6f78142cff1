import { codedError, type CodedError } from '../errors/index.ts'

/** The time in which a call may last: it ends by the caller, by the deadline, or by `end`. */
export interface CallScope {
  /** Aborted with a coded error: CANCELLED or WIRE_DEADLINE. */
  readonly signal: AbortSignal
  abort(reason: CodedError): void
  /** Must be called when the call is over: frees the timer and the listener. */
  close(): void
}

/** `deadlineMs` 0: no deadline. */
export function openScope(caller: AbortSignal | undefined, deadlineMs: number, subject: string): CallScope {
  const controller = new AbortController()
  const cancel = (): void => controller.abort(codedError('CANCELLED', `${subject}: the caller gave up`))
  const timer =
    deadlineMs === 0
      ? undefined
      : setTimeout(() => {
          controller.abort(
            codedError('WIRE_DEADLINE', `${subject}: no answer within ${deadlineMs} ms`, { details: { deadlineMs } }),
          )
        }, deadlineMs)
  if (caller?.aborted) cancel()
  else caller?.addEventListener('abort', cancel, { once: true })
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    close() {
      clearTimeout(timer)
      caller?.removeEventListener('abort', cancel)
    },
  }
}
