import { codedError, type CallOptions } from '@moby/contracts'

/** What a call that may not wait any longer is told. */
export type TooLate = (waitedMs: number) => Error

/** Where calls wait while what they are for is replaced. */
export class Gate {
  readonly #opened = Promise.withResolvers<void>()

  open(): void {
    this.#opened.resolve()
  }

  /** Answers when it is open. Fails when the caller gives up, and when the deadline (0: none) has passed. */
  async pass(deadlineMs: number, call: CallOptions | undefined, tooLate: TooLate): Promise<void> {
    const { promise: given, reject } = Promise.withResolvers<never>()
    const signal = call?.signal
    const onAbort = () => reject(codedError('CANCELLED', 'The call was given up while its driver was being replaced'))
    if (signal?.aborted === true) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    const timer = deadlineMs === 0 ? undefined : setTimeout(() => reject(tooLate(deadlineMs)), deadlineMs)
    try {
      await Promise.race([this.#opened.promise, given])
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
  }
}
