/**
 * Waits for the first item of a stream, so that an error before it is still an ordinary answer, and gives the whole
 * stream back. Undefined for an empty stream.
 */
export async function prime<T>(stream: AsyncIterable<T>): Promise<{ first: T | undefined; rest: AsyncIterable<T> }> {
  const iterator = stream[Symbol.asyncIterator]()
  const head = await iterator.next()
  return {
    first: head.done === true ? undefined : head.value,
    rest: {
      [Symbol.asyncIterator]: () => ({
        next: async () => (head.done === true ? head : await iterator.next()),
        return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
      }),
    },
  }
}
