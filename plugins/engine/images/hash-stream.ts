import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'

/** Bytes that are hashed in one go, so that the event loop is held for a millisecond at most. */
const hashSize = 1 << 18

/** The digest of a stream. */
export async function hashStream(input: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of input) {
    for (let at = 0; at < chunk.length; at += hashSize) {
      hash.update(chunk.subarray(at, at + hashSize))
      if (chunk.length > hashSize) await setImmediate()
    }
  }
  return `sha256:${hash.digest('hex')}`
}
