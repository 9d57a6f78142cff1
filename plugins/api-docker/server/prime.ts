/**
 * Waits for the first item of a stream, so that an error before it is still an ordinary answer, and gives the whole
 * stream back.
 */
export async function prime<T>(stream: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const iterator = stream[Symbol.asyncIterator]()
  let head: IteratorResult<T> | undefined = await iterator.next()
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const first = head
        head = undefined
        return first ?? (await iterator.next())
      },
      async return() {
        return (await iterator.return?.()) ?? { done: true, value: undefined }
      },
    }),
  }
}
