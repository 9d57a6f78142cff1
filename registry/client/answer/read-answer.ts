import { CodedError } from '@moby/contracts'
import type { Target } from '../target.ts'
import { transportError } from '../transport/transport-error.ts'
import { StallWatch } from '../transport/stall-watch.ts'
import { drop, type Answer } from './answer.ts'

/**
 * The whole body of an answer, undefined when it is longer than `limit` bytes. Fails with REGISTRY_STALLED,
 * REGISTRY_UNREACHABLE when the connection breaks, or CANCELLED.
 */
export async function readAnswer(
  answer: Answer,
  target: Target,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const watch = new StallWatch(answer.stallMs, (error) => answer.body.destroy(error), target, answer.url.host)
  try {
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of watch.over(answer.body as AsyncIterable<Uint8Array>)) {
      size += chunk.length
      if (size > limit) return undefined
      chunks.push(chunk)
    }
    return Uint8Array.from(Buffer.concat(chunks, size))
  } catch (error) {
    const { code, message, hint, details, cause } = transportError(error, target, answer.url.host)
    // Whatever broke, it has answered: that tells it from a host that cannot be reached in this way.
    throw new CodedError(code, message, { hint, cause, details: { ...details, status: answer.status } })
  } finally {
    watch.end()
    await drop(answer)
  }
}
