import { codedError } from '@moby/contracts'
import type { Answer } from '../answer/answer.ts'
import type { Access } from '../auth/access.ts'
import type { Endpoint } from '../endpoint/endpoint.ts'
import type { Session } from '../session.ts'
import { nameOf, type Target } from '../target.ts'
import { LostTurns } from '../transport/lost-turns.ts'
import { cancelled } from '../transport/with-signal.ts'
import type { UploadSource } from './upload-source.ts'

/** How much longer than its usual stall time a registry may take to keep what it got: it computes digests then. */
export const commitFactor = 10

/**
 * Sends a part of an upload by PATCH, as it is read. Fails with REGISTRY_STALLED when the registry takes nothing for
 * too long; that the input takes its time does not count.
 */
export async function sendPart(
  session: Session,
  endpoint: Endpoint,
  access: Access,
  location: URL,
  { source, from, to }: { readonly source: UploadSource; readonly from: number; readonly to: number },
  signal: AbortSignal,
): Promise<Answer> {
  if (signal.aborted) throw cancelled(signal)
  const { stallMs } = session.settings
  const stop = new AbortController()
  const onAbort = (): void => stop.abort(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  let [since, isReading, isSent] = [performance.now(), false, false]
  const everyMs = Math.max(5, Math.min(1_000, stallMs / 8))
  const lost = new LostTurns(everyMs)
  const watch = setInterval(() => {
    since = Math.min(performance.now(), since + lost.look())
    if (isReading || performance.now() - since < (isSent ? commitFactor * stallMs : stallMs)) return
    stop.abort(stalled(access.target, endpoint, stallMs))
  }, everyMs)
  async function* body(): AsyncGenerator<Uint8Array, void, undefined> {
    const chunks = source.from(from, to)
    try {
      for (;;) {
        isReading = true
        const next = await chunks.next()
        ;[since, isReading] = [performance.now(), false]
        if (next.done === true) break
        yield next.value
      }
    } finally {
      isReading = false
      await chunks.return()
    }
    isSent = true
  }
  try {
    return await session.ask(
      endpoint,
      access,
      {
        method: 'PATCH',
        to: location,
        headers: {
          'content-type': 'application/octet-stream',
          'content-length': String(to - from),
          'content-range': `${from}-${to - 1}`,
        },
        body: body(),
        answerMs: Infinity,
      },
      stop.signal,
    )
  } catch (error) {
    throw stop.signal.aborted && !signal.aborted ? stop.signal.reason : error
  } finally {
    clearInterval(watch)
    signal.removeEventListener('abort', onAbort)
  }
}

function stalled(target: Target, { host }: Endpoint, ms: number): Error {
  return codedError('REGISTRY_STALLED', `${nameOf(target)}: ${host} took nothing of an upload for ${ms / 1000} s`, {
    hint: 'The registry or the network is overloaded; try again.',
    details: { ...target, host },
  })
}
