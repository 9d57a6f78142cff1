import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import { codedError, isCodedError } from '../errors/index.ts'
import { readBody } from './body.ts'
import { fromEnvelope } from './envelope.ts'
import { parseJson } from './json.ts'
import type { OnFailure } from './call-failure.ts'
import type { WireLimits } from './limits.ts'
import { nodeHttp } from './node-http.ts'
import { callHeader } from './paths.ts'

/** Where a peer listens, and the connections to it that are kept. */
export interface Route {
  readonly socketPath: string
  readonly agent: Agent
  readonly limits: WireLimits
  /** Aborted when the way to the peer is closed for good. */
  readonly closed: AbortSignal
  readonly onFailure?: OnFailure | undefined
}

/** One HTTP exchange that has begun. */
export interface Exchange {
  readonly request: ClientRequest
  /** Resolves with the head of the answer. Fails with the signal's reason, or with WIRE_PEER_UNREACHABLE. */
  readonly response: Promise<IncomingMessage>
}

/** Begins an exchange. With a `body` it is sent at once; without, the caller writes and ends the request. */
export function openExchange(
  route: Route,
  head: { readonly path: string; readonly headers: Readonly<Record<string, string | number>> },
  body: Uint8Array | undefined,
  signal: AbortSignal,
  subject: string,
): Exchange {
  const { socketPath, agent, closed } = route
  const request = nodeHttp.request({ socketPath, agent, method: 'POST', path: head.path, headers: head.headers })
  // Without an error: one given here comes out of the socket when the answer has arrived as a whole and nobody listens
  // there any more, and ends the process. `failureOf` tells the reason.
  const cancel = (): void => void request.destroy()
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', (message) => {
      message.on('error', () => undefined)
      const [asked, answered] = [head.headers[callHeader], message.headers[callHeader]]
      if (asked === undefined || answered === undefined || answered === asked) return resolve(message)
      message.destroy()
      reject(codedError('WIRE_RESPONSE_INVALID', `${subject}: the answer is that of another call, ${String(answered)}`))
    })
    request.on('error', (cause) => reject(failureOf(cause, route, signal, subject)))
  })
  response.catch(() => undefined)
  request.on('close', () => signal.removeEventListener('abort', cancel))
  if (closed.aborted) request.destroy(closed.reason as Error)
  if (signal.aborted) cancel()
  else signal.addEventListener('abort', cancel, { once: true })
  if (body !== undefined) request.end(body)
  return { request, response }
}

/** The body of an answer with status 200. Fails with the error that any other answer holds. */
export async function readAnswer(
  response: IncomingMessage,
  limit: number,
  route: Route,
  signal: AbortSignal,
  subject: string,
): Promise<Buffer> {
  try {
    if (response.statusCode === 200) return await readBody(response, limit, subject)
  } catch (error) {
    response.destroy()
    throw failureOf(error, route, signal, subject)
  }
  return readRefusal(response, route, signal, subject)
}

/** Throws what an answer with another status than 200 tells. */
export async function readRefusal(
  response: IncomingMessage,
  route: Route,
  signal: AbortSignal,
  subject: string,
): Promise<never> {
  let body: Buffer
  try {
    body = await readBody(response, route.limits.noticeBytes, subject)
  } catch (error) {
    response.destroy()
    throw failureOf(error, route, signal, subject)
  }
  const answer = `${subject}: answer with status ${response.statusCode}`
  throw fromEnvelope(parseJson(body, route.limits.depth, 'WIRE_RESPONSE_INVALID', answer), answer)
}

/** What to throw for an error of an exchange: the scope's reason goes before what it caused. */
function failureOf(error: unknown, route: Route, signal: AbortSignal, subject: string): unknown {
  if (signal.aborted) return signal.reason
  return isCodedError(error) ? error : unreachable(subject, route.socketPath, error)
}

function unreachable(subject: string, socketPath: string, cause: unknown): Error {
  const why = (cause as { code?: string }).code ?? (cause as Error).message
  return codedError('WIRE_PEER_UNREACHABLE', `${subject}: no answer from ${socketPath} (${why})`, {
    cause,
    details: { socketPath, why },
  })
}
