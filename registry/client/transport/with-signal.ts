import { codedError, isCodedError } from '@moby/contracts'

/** The failure of a call whose caller gave up; the reason itself when that is a coded error. */
export function cancelled(signal: AbortSignal): Error {
  if (isCodedError(signal.reason)) return signal.reason
  return codedError('CANCELLED', 'The call was cancelled', { cause: signal.reason })
}

/** Waits for shared work as long as the caller does. Fails with CANCELLED. */
export async function withSignal<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (signal.aborted) throw cancelled(signal)
  let stop: (() => void) | undefined
  const given = new Promise<never>((_resolve, reject) => {
    stop = () => reject(cancelled(signal))
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work(), given])
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop)
  }
}

/** Waits. Fails with CANCELLED. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  try {
    await withSignal(signal, () => new Promise<void>((resolve) => (timer = setTimeout(resolve, ms))))
  } finally {
    clearTimeout(timer)
  }
}
