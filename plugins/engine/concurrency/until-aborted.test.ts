import { expect, test } from 'vitest'
import { untilAborted } from './until-aborted.ts'

test('a stream that stands still ends with its signal, and its maker is told', async () => {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const stopping = new AbortController()
  const stalled: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next: (() => {
        let count = 0
        return () => (count++ === 0 ? Promise.resolve({ value: 1 }) : new Promise<never>(() => undefined))
      })(),
      return: async () => {
        end()
        return { done: true, value: undefined }
      },
    }),
  }
  const seen: number[] = []
  const reading = (async () => {
    for await (const each of untilAborted(stalled, stopping.signal)) {
      seen.push(each)
      setImmediate(() => stopping.abort(new Error('enough')))
    }
  })()
  await expect(reading).rejects.toThrow('enough')
  expect(seen).toEqual([1])
  await ended
})

test('a whole stream passes unchanged, and one whose signal was aborted before gives nothing', async () => {
  const numbers = async function* () {
    yield* [1, 2, 3]
  }
  const { signal } = new AbortController()
  expect(await Array.fromAsync(untilAborted(numbers(), signal))).toEqual([1, 2, 3])
  const late = untilAborted(numbers(), AbortSignal.abort(new Error('late')))
  await expect(late.next()).rejects.toThrow('late')
})
