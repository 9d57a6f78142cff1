import { isCodedError } from '@moby/contracts'
import type { Answer } from '../server/route.ts'

/**
 * A stream of progress objects, one a line; `shape` leaves one out by giving undefined. What fails after the first is
 * told inside the stream, as clients expect, with the exit code of a step if there is one; what fails before it is an
 * ordinary error.
 */
export async function progressAnswer<T>(
  progress: AsyncIterable<T>,
  shape: (item: T) => object | undefined,
): Promise<Answer> {
  const iterator = progress[Symbol.asyncIterator]()
  const first = await iterator.next()
  return {
    kind: 'stream',
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: (async function* () {
      try {
        for (let next = first; next.done !== true; next = await iterator.next()) {
          const line = shape(next.value)
          if (line !== undefined) yield `${JSON.stringify(line)}\r\n`
        }
      } catch (error) {
        if (!isCodedError(error)) throw error
        const code = error.details?.['exitCode']
        const errorDetail = { ...(typeof code === 'number' ? { code } : {}), message: error.message }
        yield `${JSON.stringify({ errorDetail, error: error.message })}\r\n`
      } finally {
        await iterator.return?.()
      }
    })(),
  }
}
