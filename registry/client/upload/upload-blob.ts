import { codedError, hasCode, isCodedError } from '@moby/contracts'
import { drop, type Answer } from '../answer/answer.ts'
import { answerError } from '../answer/answer-error.ts'
import type { Access } from '../auth/access.ts'
import type { Digest } from '../digest.ts'
import type { Endpoint } from '../endpoint/endpoint.ts'
import type { Session } from '../session.ts'
import { nameOf, type Target } from '../target.ts'
import { backOff } from '../transport/sender.ts'
import { transportError } from '../transport/transport-error.ts'
import { pause, withSignal } from '../transport/with-signal.ts'
import { commitFactor, sendPart } from './send-part.ts'
import {
  beginUpload,
  cancelUpload,
  locationOf,
  receivedBytes,
  uploadStatus,
  type UploadSession,
} from './upload-session.ts'
import { TooFarBack, UploadSource } from './upload-source.ts'

type InRepository = Target & { readonly repository: string }

export interface Upload {
  readonly target: InRepository
  readonly access: Access
  readonly digest: Digest
  readonly size: number
  readonly input: AsyncIterable<Uint8Array>
  readonly signal: AbortSignal
}

/** Bytes that are kept of what was sent, for a registry that lost them with the connection. */
const replayBytes = 16 << 20
const mostBreaks = 5

/**
 * Sends a blob: a small one in one request, which is sent again when it fails; a large one as one stream, or in chunks
 * where the registry names a size for them. What breaks off goes on where the registry says that it is, as long as that
 * is within the last 16 MiB. Fails with CONTENT_MISMATCH when the content is not what its descriptor says, and with
 * REGISTRY_FAILED and `details.restart` when the registry has lost what is not kept.
 */
export async function uploadBlob(session: Session, upload: Upload): Promise<void> {
  const { access, input, signal, size, target } = upload
  const source = new UploadSource(input, size, replayBytes, nameOf(target))
  try {
    const { chunkBytes } = session.settings
    const whole = size <= chunkBytes ? await withSignal(signal, () => readWhole(source)) : undefined
    await session.through(access, 'write', async (endpoint) =>
      whole === undefined
        ? await sendLarge(session, endpoint, upload, source)
        : await sendWhole(session, endpoint, upload, whole),
    )
  } finally {
    await source.close()
  }
}

async function readWhole(source: UploadSource): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source.from(0, source.size)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function sendWhole(session: Session, endpoint: Endpoint, upload: Upload, content: Uint8Array): Promise<void> {
  const { access, target, signal } = upload
  for (let attempt = 1; ; attempt += 1) {
    const begun = await beginUpload(session, endpoint, access, target, signal)
    try {
      await finish(session, endpoint, upload, begun.location, content)
      return
    } catch (error) {
      cancelUpload(session, endpoint, access, begun.location)
      if (signal.aborted || attempt >= mostBreaks || !mayPass(error)) throw error
      await pause(backOff(attempt), signal)
    }
  }
}

async function sendLarge(session: Session, endpoint: Endpoint, upload: Upload, source: UploadSource): Promise<void> {
  const { access, size, target, signal } = upload
  const begun = await beginUpload(session, endpoint, access, target, signal)
  const step = stepOf(begun, session.settings.chunkBytes)
  let { location } = begun
  let [at, breaks, lastBreak, lastRefused] = [0, 0, 0, -1]
  try {
    while (at < size) {
      try {
        const to = Math.min(size, at + step)
        const answer = await sendPart(session, endpoint, access, location, { source, from: at, to }, signal)
        if (answer.status !== 202 && answer.status !== 201 && answer.status !== 204)
          throw await partError(answer, upload, endpoint)
        await drop(answer)
        const received = receivedBytes(answer)
        if (received !== undefined && received !== to && to > 1) throw new OutOfStep()
        location = locationOf(answer, answer.url, endpoint, target, location)
        at = to
      } catch (error) {
        if (error instanceof TooFarBack) throw tooFarBack(upload, endpoint)
        // A token that expired: the question for the status gets a new one.
        const isExpired = hasCode(error, 'REGISTRY_UNAUTHORIZED') && at > lastRefused
        if (signal.aborted || !(isExpired || error instanceof OutOfStep || mayPass(error))) throw error
        if (at > lastBreak) breaks = 0
        ;[breaks, lastBreak] = [breaks + 1, at]
        const cause = error instanceof OutOfStep ? outOfStep(upload, endpoint) : error
        if (breaks >= mostBreaks) throw cause
        if (isExpired) lastRefused = at
        else await pause(backOff(breaks - 1), signal)
        const status = await uploadStatus(session, endpoint, access, target, location, signal)
        if (status === undefined) throw tooFarBack(upload, endpoint, cause)
        if (status.offset > size) throw cause
        ;({ location, offset: at } = status)
      }
    }
    await finish(session, endpoint, upload, location)
  } catch (error) {
    cancelUpload(session, endpoint, access, location)
    throw error instanceof TooFarBack ? tooFarBack(upload, endpoint) : error
  }
}

/** The registry has another number of bytes than were sent. */
class OutOfStep extends Error {}

/** Bytes of a part: all where the registry wants no chunks. */
function stepOf({ leastChunk }: UploadSession, chunkBytes: number): number {
  return leastChunk === 0 ? Infinity : Math.max(leastChunk, chunkBytes)
}

async function partError(answer: Answer, { target }: Upload, endpoint: Endpoint): Promise<Error> {
  if (answer.status !== 416) return await answerError(answer, target, endpoint)
  await drop(answer)
  return new OutOfStep()
}

/** The last request of an upload: with the content, or after it. */
async function finish(
  session: Session,
  endpoint: Endpoint,
  { access, digest, target, signal }: Upload,
  location: URL,
  content?: Uint8Array,
): Promise<void> {
  const to = withDigest(location, digest)
  const answer = await session.ask(
    endpoint,
    access,
    {
      method: 'PUT',
      to,
      headers: content === undefined ? { 'content-length': '0' } : { 'content-type': 'application/octet-stream' },
      ...(content === undefined ? {} : { body: content }),
      answerMs: commitFactor * session.settings.stallMs,
      attempts: 1,
    },
    signal,
  )
  if (answer.status === 201 || answer.status === 204 || answer.status === 200) {
    await drop(answer)
    return
  }
  const error = await answerError(answer, target, endpoint)
  const words = error.details?.['errors'] as { readonly code: string }[]
  if (!words.some(({ code }) => code === 'DIGEST_INVALID' || code === 'SIZE_INVALID')) throw error
  throw codedError('CONTENT_MISMATCH', `${nameOf(target)}: the registry finds that the content is another one`, {
    cause: error,
    hint: 'The blob is damaged, or was changed on its way.',
    details: error.details,
  })
}

/** Adds the digest, and leaves the rest of the query as the registry wrote it. */
function withDigest(location: URL, { text }: Digest): URL {
  const url = new URL(location)
  url.search = `${url.search === '' ? '?' : `${url.search}&`}digest=${encodeURIComponent(text)}`
  return url
}

function mayPass(error: unknown): boolean {
  if (error instanceof TooFarBack) return false
  const coded = isCodedError(error) ? error : transportError(error, { registry: '' }, '')
  return hasCode(coded, 'REGISTRY_UNREACHABLE', 'REGISTRY_FAILED', 'REGISTRY_STALLED')
}

/** Only who has the content can send it from the start. */
function tooFarBack({ target }: Upload, { host }: Endpoint, cause?: unknown): Error {
  return codedError('REGISTRY_FAILED', `${nameOf(target)}: ${host} lost more of an upload than can be sent again`, {
    hint: 'Push again.',
    details: { ...target, host, restart: true },
    cause,
  })
}

function outOfStep({ target }: Upload, { host }: Endpoint): Error {
  return codedError(
    'REGISTRY_ANSWER_INVALID',
    `${nameOf(target)}: ${host} has other bytes of an upload than were sent`,
    {
      hint: 'The registry does not take uploads in parts as the distribution specification has it.',
      details: { ...target, host },
    },
  )
}
