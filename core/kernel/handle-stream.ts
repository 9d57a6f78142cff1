import { hasCode } from '@moby/contracts'
import type { Target } from './target.ts'

/**
 * The same stream, counted at its target until it ends. One that ends because its target was stopped for a replacement
 * has not come to its end: it fails with what `replaced` makes. `return` reaches the stream also while a `next` waits.
 */
export function followStream(
  target: Target,
  stream: AsyncIterable<unknown>,
  replaced: () => Error,
): AsyncIterable<unknown> {
  const leave = target.enter('stream')
  return {
    [Symbol.asyncIterator]: () => {
      const inner = stream[Symbol.asyncIterator]()
      const iterator: AsyncIterableIterator<unknown> = {
        [Symbol.asyncIterator]: () => iterator,
        next: async () => {
          let result: IteratorResult<unknown>
          try {
            result = await inner.next()
          } catch (error) {
            leave()
            throw target.isLeaving && hasCode(error, 'DRIVER_LOST', 'DRIVER_AWAY', 'CANCELLED') ? replaced() : error
          }
          if (result.done !== true) return result
          leave()
          if (target.isLeaving) throw replaced()
          return result
        },
        return: async (value?: unknown) => {
          leave()
          await inner.return?.(value)
          return { done: true, value }
        },
      }
      return iterator
    },
  }
}
