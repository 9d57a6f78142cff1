import { codedError, hasCode } from '@moby/contracts'
import { byteCount, drop, header, type Answer } from '../answer/answer.ts'
import { answerError } from '../answer/answer-error.ts'
import type { Endpoint } from '../endpoint/endpoint.ts'
import type { Session } from '../session.ts'
import { nameOf } from '../target.ts'
import type { BlobRequest } from './blob-request.ts'
import { openForeign } from './open-foreign.ts'
import { rangeHeader } from './range-header.ts'

/** A body that begins at or before the byte that was asked for. */
export interface OpenSpan {
  readonly answer: Answer
  /** Bytes at its beginning that were not asked for, from a server that knows no ranges. */
  readonly surplus: number
  readonly endpoint: Endpoint | undefined
}

export interface SpanWishes {
  readonly from: number
  /** Byte after the last one. */
  readonly to: number
  /** Fails with RangeIgnored where the whole blob comes instead. */
  readonly onlyRange: boolean
  /** Mirrors that broke off and are not asked again, by origin. */
  readonly avoid: ReadonlySet<string>
}

/** A server does not serve ranges, or not as it says. */
export class RangeIgnored extends Error {}

/**
 * Opens a part of a blob. What a server says about the part is checked; one that lies is asked for the whole. Fails
 * with CONTENT_MISMATCH for a blob of another size, and as requests do.
 */
export async function openSpan(session: Session, request: BlobRequest, wishes: SpanWishes): Promise<OpenSpan> {
  try {
    return await session.through(request.access, 'read', async (endpoint) => {
      if (endpoint.isMirror && wishes.avoid.has(endpoint.origin)) throw avoided(request, endpoint)
      const answer = await ask(session, endpoint, request, wishes)
      const surplus = await check(answer, request, wishes, endpoint.host)
      if (surplus !== undefined) return { answer, surplus, endpoint }
      await drop(answer)
      if (wishes.onlyRange) throw new RangeIgnored()
      const whole = await ask(session, endpoint, request, undefined)
      const skipped = await check(whole, request, { ...wishes, from: 0, to: request.size }, endpoint.host)
      if (skipped === undefined) throw lie(request, endpoint.host)
      return { answer: whole, surplus: wishes.from, endpoint }
    })
  } catch (error) {
    if (request.urls.length === 0 || !hasCode(error, 'REGISTRY_NOT_FOUND')) throw error
    const answer = await openForeign(session, request, wishes, error)
    const surplus = await check(answer, request, wishes, answer.url.host)
    if (surplus !== undefined) return { answer, surplus, endpoint: undefined }
    await drop(answer)
    if (wishes.onlyRange) throw new RangeIgnored()
    throw lie(request, answer.url.host)
  }
}

async function ask(
  session: Session,
  endpoint: Endpoint,
  request: BlobRequest,
  wishes: SpanWishes | undefined,
): Promise<Answer> {
  const { target, digest, access, signal } = request
  const ns = endpoint.isMirror ? `?ns=${encodeURIComponent(target.registry)}` : ''
  const answer = await session.ask(
    endpoint,
    access,
    {
      method: 'GET',
      to: `/v2/${target.repository}/blobs/${digest.text}${ns}`,
      headers: wishes === undefined ? {} : rangeHeader(wishes.from, wishes.to, request.size),
      // Who reads the part takes it up again.
      onBreak: 'fail',
    },
    signal,
  )
  if (answer.status === 200 || answer.status === 206) return answer
  if (answer.status === 416) {
    await drop(answer)
    throw otherSize(request, endpoint.host, 'less')
  }
  throw await answerError(answer, target, endpoint)
}

/** Bytes to leave out at the beginning of a body; undefined when what it says about itself cannot be. */
async function check(
  answer: Answer,
  request: BlobRequest,
  { from, to, onlyRange }: SpanWishes,
  host: string,
): Promise<number | undefined> {
  const { size } = request
  const length = byteCount(answer.headers, 'content-length')
  if (answer.status === 200) {
    if (length !== undefined && length !== size) {
      await drop(answer)
      throw otherSize(request, host, String(length))
    }
    return onlyRange && (from !== 0 || to !== size) ? undefined : from
  }
  const told = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header(answer.headers, 'content-range') ?? '')
  if (told === null) return undefined
  const [, first, last, total] = told
  if (total !== '*' && Number(total) !== size) {
    await drop(answer)
    throw otherSize(request, host, String(total))
  }
  // A shorter part than was asked for is allowed: the rest is asked for again.
  const isRight = Number(first) === from && Number(last) >= from && Number(last) < to
  const isWhole = length === undefined || length === Number(last) - Number(first) + 1
  return isRight && isWhole ? 0 : undefined
}

function otherSize({ target, size }: BlobRequest, host: string, told: string): Error {
  return codedError('CONTENT_MISMATCH', `${nameOf(target)}: ${host} has ${told} bytes of it, where ${size} are told`, {
    hint: 'The manifest or the registry is damaged. It was not taken.',
    details: { ...target, host, size },
  })
}

function lie({ target }: BlobRequest, host: string): Error {
  return codedError('REGISTRY_ANSWER_INVALID', `${nameOf(target)}: ${host} sends other parts than it is asked for`, {
    hint: 'What stands before the registry does not serve ranges as HTTP has it.',
    details: { ...target, host },
  })
}

function avoided({ target }: BlobRequest, { host }: Endpoint): Error {
  return codedError('REGISTRY_UNREACHABLE', `${nameOf(target)}: the mirror ${host} broke off`, {
    details: { ...target, host },
  })
}
