import { codedError, hasCode, isCodedError } from '@moby/contracts'
import type { Session } from '../session.ts'
import { nameOf } from '../target.ts'
import { backOff } from '../transport/sender.ts'
import { StallWatch } from '../transport/stall-watch.ts'
import { transportError } from '../transport/transport-error.ts'
import { cancelled, pause } from '../transport/with-signal.ts'
import type { BlobRequest } from './blob-request.ts'
import { openSpan, RangeIgnored } from './open-span.ts'

/** A part of a blob; whoever reads it may bring its end nearer meanwhile. */
export interface Span {
  readonly from: number
  to: number
  readonly onlyRange: boolean
}

/** What is known about a transfer while it goes on. */
export interface Progress {
  bytes: number
  /** Milliseconds that were spent waiting for bytes. */
  waitedMs: number
}

const mostBreaks = 5
/** Bytes that make a connection one that got on: breaks before it are forgotten. */
const goodProgress = 1 << 20

/**
 * The bytes of a part, in order. Where the connection breaks or stands still it goes on from the byte that was yielded
 * last, on a new connection. Fails when it breaks again and again without getting on.
 */
export async function* readSpan(
  session: Session,
  request: BlobRequest,
  span: Span,
  progress: Progress,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { signal, target } = request
  const avoid = new Set<string>()
  let [at, breaks, lastBreak] = [span.from, 0, span.from]
  while (at < span.to) {
    if (signal.aborted) throw cancelled(signal)
    let mirror: string | undefined
    try {
      const { onlyRange } = span
      const { answer, surplus, endpoint } = await openSpan(session, request, {
        from: at,
        to: span.to,
        onlyRange,
        avoid,
      })
      if (endpoint?.isMirror === true) mirror = endpoint.origin
      let skip = surplus
      const watch = new StallWatch(answer.stallMs, (error) => answer.body.destroy(error), target, answer.url.host)
      const chunks = answer.body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, void>
      try {
        while (at < span.to) {
          watch.begin()
          const next = await chunks.next()
          if (next.done === true) break
          let chunk = next.value
          progress.waitedMs += watch.got(chunk.length)
          progress.bytes += chunk.length
          if (skip > 0) {
            const left = Math.min(skip, chunk.length)
            skip -= left
            if (left === chunk.length) continue
            chunk = chunk.subarray(left)
          }
          if (at + chunk.length > span.to) {
            if (span.to === request.size) throw tooLong(request, answer.url.host)
            chunk = chunk.subarray(0, span.to - at)
          }
          at += chunk.length
          yield chunk
        }
        // The connection is kept only when the body was read to its end.
        if (at === request.size && (await chunks.next()).done !== true) throw tooLong(request, answer.url.host)
      } finally {
        watch.end()
        answer.body.destroy()
      }
      if (at < span.to) throw ended(request, answer.url.host, at)
    } catch (error) {
      if (error instanceof RangeIgnored) throw error
      const coded = transportError(error, target, target.registry)
      if (signal.aborted || !mayPass(coded)) throw coded
      if (at - lastBreak >= goodProgress) breaks = 0
      breaks += 1
      lastBreak = at
      if (breaks >= mostBreaks) throw coded
      if (mirror !== undefined) avoid.add(mirror)
      session.settings.log.debug('a blob is taken up again where it broke off', {
        blob: nameOf(target),
        at,
        cause: coded.message,
      })
      if (breaks > 1) await pause(backOff(breaks - 1), signal)
    }
  }
}

/** True for a transfer that broke. What was answered with a status has been asked again as often as is worth it. */
function mayPass(error: unknown): boolean {
  if (!isCodedError(error) || error.details?.['status'] !== undefined) return false
  return (
    hasCode(error, 'REGISTRY_STALLED', 'REGISTRY_FAILED', 'REGISTRY_UNREACHABLE') &&
    error.details?.['problem'] !== 'no-tls'
  )
}

function ended({ target }: BlobRequest, host: string, at: number): Error {
  return codedError('REGISTRY_UNREACHABLE', `${nameOf(target)}: ${host} ended the transfer at byte ${at}`, {
    hint: 'Try again; what was received is kept.',
    details: { ...target, host },
  })
}

function tooLong({ target, size }: BlobRequest, host: string): Error {
  return codedError('CONTENT_MISMATCH', `${nameOf(target)}: ${host} sends more than the ${size} bytes that are told`, {
    hint: 'The manifest or the registry is damaged. It was not taken.',
    details: { ...target, host, size },
  })
}
