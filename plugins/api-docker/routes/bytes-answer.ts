import type { Answer } from '../server/route.ts'

/** A stream of bytes. What fails before the first of them is an ordinary error; later the answer is cut. */
export async function bytesAnswer(bytes: AsyncIterable<Uint8Array>, contentType: string): Promise<Answer> {
  const iterator = bytes[Symbol.asyncIterator]()
  const first = await iterator.next()
  return {
    kind: 'stream',
    status: 200,
    headers: { 'content-type': contentType },
    body: (async function* () {
      try {
        for (let next = first; next.done !== true; next = await iterator.next()) yield next.value
      } finally {
        await iterator.return?.()
      }
    })(),
  }
}
