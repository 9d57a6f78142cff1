import { isCodedError, type Progress } from '@moby/contracts'
import type { Answer } from '../../server/route.ts'

/**
 * A stream of progress objects, one a line. What fails after the first is told inside the stream, as clients expect;
 * what fails before it is an ordinary error.
 */
export async function progressAnswer(
  progress: AsyncIterable<Progress>,
  shape: (item: Progress) => Record<string, unknown> = progressShape,
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
          yield `${JSON.stringify(shape(next.value))}\r\n`
        }
      } catch (error) {
        if (!isCodedError(error)) throw error
        yield `${JSON.stringify({ errorDetail: { message: error.message }, error: error.message })}\r\n`
      } finally {
        await iterator.return?.()
      }
    })(),
  }
}

function progressShape(item: Progress): Record<string, unknown> {
  const { status, id, current, total, stream, aux } = item
  return {
    ...(stream === undefined ? {} : { stream }),
    ...(status === undefined ? {} : { status }),
    ...(hasDetail(item) ? { progressDetail: detailOf(current, total) } : {}),
    ...(id === undefined ? {} : { id }),
    ...(aux === undefined ? {} : { aux }),
  }
}

/** Docker writes the detail, empty, with every word about one thing, and without it what is said of a tag. */
function hasDetail({ status, id, current, total }: Progress): boolean {
  if (current !== undefined || total !== undefined) return true
  return status !== undefined && id !== undefined && !status.startsWith('Pulling from ')
}

function detailOf(current: number | undefined, total: number | undefined): Record<string, number> {
  return { ...(current === undefined ? {} : { current }), ...(total === undefined ? {} : { total }) }
}
