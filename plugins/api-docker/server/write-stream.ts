import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

/**
 * Writes a stream as fast as the client takes it. The head goes out at once: clients wait for it before they go on.
 * When the stream fails, the answer is cut, so that its end is not taken for a good one.
 */
export async function writeStream(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: AsyncIterable<Uint8Array | string>,
): Promise<void> {
  response.writeHead(status, headers)
  response.flushHeaders()
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  try {
    for await (const chunk of body) {
      if (response.destroyed) return
      if (chunk.length > 0 && !response.write(chunk)) await once(response, 'drain', { signal: gone.signal })
    }
    response.end()
  } catch (error) {
    // What was written goes out; the final chunk never does.
    response.socket?.destroySoon()
    if (!gone.signal.aborted) throw error
  }
}
