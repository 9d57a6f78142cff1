import type { RuntimeEvent } from '@moby/contracts'

/** Hands every event to all who listen at the time. What a slow listener has not taken yet is kept for it. */
export class EventFeed {
  readonly #listeners = new Set<(event: RuntimeEvent) => void>()

  publish(event: RuntimeEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  /** Events from this call on, until `signal` is aborted. */
  subscribe(signal?: AbortSignal): AsyncIterable<RuntimeEvent> {
    const waiting: RuntimeEvent[] = []
    let arrived = Promise.withResolvers<void>()
    const listener = (event: RuntimeEvent) => {
      waiting.push(event)
      arrived.resolve()
    }
    const listeners = this.#listeners.add(listener)
    const { promise: ended, resolve: end } = Promise.withResolvers<'ended'>()
    const stop = () => {
      listeners.delete(listener)
      end('ended')
    }
    if (signal?.aborted === true) stop()
    signal?.addEventListener('abort', stop, { once: true })
    async function* events(): AsyncGenerator<RuntimeEvent> {
      try {
        while ((await Promise.race([ended, arrived.promise])) !== 'ended') {
          arrived = Promise.withResolvers()
          yield* waiting.splice(0)
        }
      } finally {
        stop()
        signal?.removeEventListener('abort', stop)
      }
    }
    return events()
  }
}
