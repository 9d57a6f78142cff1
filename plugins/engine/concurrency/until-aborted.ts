/**
 * The same stream, which fails with the reason of a signal as soon as that is aborted, also while it waits for the next
 * piece. Whoever makes the pieces is told to end, and not waited for.
 */
export async function* untilAborted<T>(input: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void> {
  const iterator = input[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await orAborted(iterator.next(), signal)
      if (next.done === true) return
      yield next.value
    }
  } finally {
    // It may be waiting for what never comes.
    iterator.return?.().catch(() => undefined)
  }
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error)
    if (signal.aborted) {
      work.catch(() => undefined)
      return stop()
    }
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
