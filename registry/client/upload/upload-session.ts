import { codedError } from '@moby/contracts'
import { byteCount, drop, header, type Answer } from '../answer/answer.ts'
import { answerError } from '../answer/answer-error.ts'
import type { Access } from '../auth/access.ts'
import type { Endpoint } from '../endpoint/endpoint.ts'
import type { Session } from '../session.ts'
import { nameOf, type Target } from '../target.ts'

/** An upload that a registry has begun. */
export interface UploadSession {
  /** Where it goes on; each answer may tell another place. */
  readonly location: URL
  /** Bytes that a chunk must have at least, but for the last; 0 where the registry does not tell. */
  readonly leastChunk: number
}

type InRepository = Target & { readonly repository: string }

/** Begins an upload. */
export async function beginUpload(
  session: Session,
  endpoint: Endpoint,
  access: Access,
  target: InRepository,
  signal: AbortSignal,
): Promise<UploadSession> {
  const to = `/v2/${target.repository}/blobs/uploads/`
  const answer = await session.ask(endpoint, access, { method: 'POST', to, headers: { 'content-length': '0' } }, signal)
  if (answer.status !== 202) throw await answerError(answer, target, endpoint)
  await drop(answer)
  return {
    location: locationOf(answer, answer.url, endpoint, target),
    leastChunk: byteCount(answer.headers, 'oci-chunk-min-length') ?? 0,
  }
}

/**
 * Where an answer says that the upload goes on: relative to the request, absolute, or at another host, its query kept
 * as it is. Fails with REGISTRY_ANSWER_INVALID when there is none, or it leads away from TLS.
 */
export function locationOf(answer: Answer, base: URL, endpoint: Endpoint, target: Target, absent?: URL): URL {
  const text = header(answer.headers, 'location')
  if (text === undefined && absent !== undefined) return absent
  const invalid = (what: string): Error =>
    codedError('REGISTRY_ANSWER_INVALID', `${nameOf(target)}: ${endpoint.host} ${what}`, {
      hint: 'The registry, or what stands before it, does not know under which address it is reached.',
      details: { ...target, host: endpoint.host },
    })
  if (text === undefined || !URL.canParse(text, base.href)) throw invalid('does not tell where an upload goes on')
  const url = new URL(text, base)
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && endpoint.isInsecure)
  if (!isSafe || url.username !== '')
    throw invalid(`has an upload go on at ${url.protocol}//${url.host}, away from TLS`)
  return url
}

/** How far an upload has come, and where it goes on; undefined when the registry has given it up. */
export async function uploadStatus(
  session: Session,
  endpoint: Endpoint,
  access: Access,
  target: InRepository,
  location: URL,
  signal: AbortSignal,
): Promise<{ readonly offset: number; readonly location: URL } | undefined> {
  const answer = await session.ask(endpoint, access, { method: 'GET', to: location }, signal)
  await drop(answer)
  if (answer.status !== 204 && answer.status !== 202 && answer.status !== 200) return undefined
  const offset = receivedBytes(answer)
  return offset === undefined
    ? undefined
    : { offset, location: locationOf(answer, answer.url, endpoint, target, location) }
}

/** Of `Range: 0-99`: 100. An upload without a byte has `0-0` too, so that this counts as none. */
export function receivedBytes({ headers }: Answer): number | undefined {
  const last = /^(?:bytes=)?0-(\d{1,16})$/.exec(header(headers, 'range') ?? '')?.[1]
  if (last === undefined) return undefined
  return last === '0' ? 0 : Number(last) + 1
}

/** Has the registry forget an upload. Nobody waits for it, and it may fail. */
export function cancelUpload(session: Session, endpoint: Endpoint, access: Access, location: URL): void {
  session
    .ask(endpoint, access, { method: 'DELETE', to: location, attempts: 1 }, AbortSignal.timeout(10_000))
    .then(drop)
    .catch(() => undefined)
}
