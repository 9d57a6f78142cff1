import { codedError } from '@moby/contracts'

/** What a piece of work is given. */
export interface WorkCall<P> {
  /** Aborted when nobody wants the result any more. */
  readonly signal: AbortSignal
  /** Tells all who wait how far it is; who comes later is told the last. */
  readonly report: (progress: P) => void
}

interface Entry<T, P> {
  readonly abort: AbortController
  readonly listeners: Set<(progress: P) => void>
  readonly result: Promise<T>
  last: P | undefined
  waiting: number
}

/**
 * Work that several want at once is done once. One who gives up does not cancel it for the others. What work does before
 * its first pause has happened when `join` returns its promise.
 */
export class SharedWork<T, P> {
  readonly #entries = new Map<string, Entry<T, P>>()

  /**
   * Joins the work of that key, or starts it. Fails with the error of the work, or with CANCELLED once the own signal
   * is aborted; work that nobody waits for is aborted, and a new start waits until it has ended.
   */
  async join(
    key: string,
    start: (call: WorkCall<P>) => Promise<T>,
    own: { readonly signal: AbortSignal; readonly onProgress: (progress: P) => void },
  ): Promise<T> {
    for (;;) {
      if (own.signal.aborted) throw cancelled()
      const entry = this.#entries.get(key)
      if (entry === undefined) return await this.#wait(this.#start(key, start), own)
      if (!entry.abort.signal.aborted) return await this.#wait(entry, own)
      await entry.result.catch(() => undefined)
    }
  }

  get size(): number {
    return this.#entries.size
  }

  #start(key: string, start: (call: WorkCall<P>) => Promise<T>): Entry<T, P> {
    const abort = new AbortController()
    const listeners = new Set<(progress: P) => void>()
    const { promise: result, resolve, reject } = Promise.withResolvers<T>()
    result.catch(() => undefined)
    const entry: Entry<T, P> = { abort, listeners, result, last: undefined, waiting: 0 }
    this.#entries.set(key, entry)
    const report = (progress: P) => {
      entry.last = progress
      for (const listener of listeners) listener(progress)
    }
    const run = async () => await start({ signal: abort.signal, report })
    run()
      .finally(() => this.#entries.delete(key))
      .then(resolve, reject)
    return entry
  }

  async #wait(
    entry: Entry<T, P>,
    { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (progress: P) => void },
  ): Promise<T> {
    entry.waiting += 1
    entry.listeners.add(onProgress)
    if (entry.last !== undefined) onProgress(entry.last)
    let leave = () => {}
    const givenUp = new Promise<never>((_, reject) => {
      leave = () => reject(cancelled())
      signal.addEventListener('abort', leave, { once: true })
    })
    try {
      return await Promise.race([entry.result, givenUp])
    } finally {
      signal.removeEventListener('abort', leave)
      entry.listeners.delete(onProgress)
      entry.waiting -= 1
      if (entry.waiting === 0) entry.abort.abort(cancelled())
      // Who gave up answers when nothing is written any more.
      if (signal.aborted && entry.waiting === 0) await entry.result.catch(() => undefined)
    }
  }
}

function cancelled(): Error {
  return codedError('CANCELLED', 'The operation was given up')
}
