import type { DecoratorHandler, Dispatcher } from 'undici'
import { codedError, isCodedError } from '@moby/contracts'
import { drop, header, type Answer } from '../answer/answer.ts'
import { retryAfterMs } from '../answer/retry-after.ts'
import { isLoopback } from '../endpoint/loopback.ts'
import type { ClientSettings } from '../settings.ts'
import { nameOf, type Target } from '../target.ts'
import { Connections, type Destination } from './connections.ts'
import { failureOf, transportError } from './transport-error.ts'
import { cancelled, pause } from './with-signal.ts'

export interface Outgoing extends Destination {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Lower-case names. `authorization` goes to this origin alone. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>
  readonly target: Target
  readonly signal: AbortSignal
  /** Milliseconds until the head of the answer must be there, Infinity where the caller watches; absent: the stall time. */
  readonly answerMs?: number
  /** How often it is sent at most; once if it has a body that is read only once. */
  readonly attempts?: number
  /** What a broken connection means: absent, that it is sent again. */
  readonly onBreak?: 'fail'
}

const redirects = new Set([301, 302, 303, 307, 308])
const mostRedirects = 5
const busy = new Set([408, 429, 500, 502, 503, 504])

/**
 * Sends requests: over redirects (without `Authorization` to another origin, never from HTTPS to HTTP), again after
 * failures that pass (with back-off, and as long as `Retry-After` says where that is not too long), and not longer than
 * the registry stalls. Whatever the status that remains, it is an answer.
 */
export class Sender {
  readonly #settings: ClientSettings
  readonly #connections: Connections

  constructor(settings: ClientSettings) {
    this.#settings = settings
    this.#connections = new Connections(settings)
  }

  async send(outgoing: Outgoing): Promise<Answer> {
    const isReplayable = outgoing.body === undefined || outgoing.body instanceof Uint8Array
    const attempts = isReplayable ? (outgoing.attempts ?? 4) : 1
    for (let attempt = 1; ; attempt += 1) {
      let answer: Answer
      const at = { host: outgoing.url.host }
      try {
        answer = await this.#follow(outgoing, at)
      } catch (error) {
        const isOver = attempt >= attempts || outgoing.onBreak === 'fail'
        if (isOver || isCodedError(error) || failureOf(error) !== 'broken') {
          throw transportError(error, outgoing.target, at.host)
        }
        this.#settings.log.debug('a request to a registry is sent again', {
          host: at.host,
          cause: String(error),
        })
        await pause(backOff(attempt), outgoing.signal)
        continue
      }
      if (!busy.has(answer.status) || attempt >= attempts) return answer
      const wait = retryAfterMs(header(answer.headers, 'retry-after'), Date.now()) ?? backOff(attempt)
      if (wait > this.#settings.longestWaitMs) return answer
      await drop(answer)
      await pause(wait, outgoing.signal)
    }
  }

  /** True for an origin that has spoken TLS. */
  spokeTls(origin: string): boolean {
    return this.#connections.spokeTls(origin)
  }

  async close(): Promise<void> {
    await this.#connections.close()
  }

  /** `at` tells where it is, for who catches what fails there. */
  async #follow(outgoing: Outgoing, at: { host: string }): Promise<Answer> {
    let current = outgoing
    for (let hops = 0; ; hops += 1) {
      const answer = await this.#exchange(current)
      const location = redirects.has(answer.status) ? header(answer.headers, 'location') : undefined
      if (location === undefined || (current.method !== 'GET' && current.method !== 'HEAD')) return answer
      await drop(answer)
      if (hops >= mostRedirects) throw redirectError(current, `redirects more than ${mostRedirects} times`)
      current = redirected(current, location)
      at.host = current.url.host
    }
  }

  async #exchange(outgoing: Outgoing): Promise<Answer> {
    const { url, signal, body, method } = outgoing
    if (signal.aborted) throw cancelled(signal)
    const dispatcher = await this.#connections.to(outgoing)
    const { DecoratorHandler, request } = await import('undici')
    const ended = new AbortController()
    const stop = (): void => ended.abort(cancelled(signal))
    signal.addEventListener('abort', stop, { once: true })
    const limit = outgoing.answerMs ?? this.#settings.stallMs
    let stalled: NodeJS.Timeout | undefined
    const watch = (): void => {
      clearTimeout(stalled)
      if (limit !== Infinity) stalled = setTimeout(() => ended.abort(stallError(outgoing, limit)), limit)
    }
    try {
      const response = await request(url, {
        // Others may have all connections: a registry can only be late with what it was asked.
        dispatcher: dispatcher.compose(whenSent(DecoratorHandler, watch)),
        method,
        headers: { 'user-agent': this.#settings.userAgent, 'accept-encoding': 'identity', ...outgoing.headers },
        signal: ended.signal,
        highWaterMark: 1 << 20,
        ...(body === undefined ? {} : { body: body as Uint8Array }),
      })
      // From here on the body ends with the call: undici lets go of the signal at its end.
      response.body.once('close', () => signal.removeEventListener('abort', stop))
      response.body.on('error', () => undefined)
      return {
        status: response.statusCode,
        headers: response.headers,
        body: response.body,
        url,
        stallMs: this.#settings.stallMs,
      }
    } catch (error) {
      signal.removeEventListener('abort', stop)
      throw error
    } finally {
      clearTimeout(stalled)
    }
  }
}

/** Half a second, doubled each time, with a random part, so that many clients do not come back at once. */
export function backOff(attempt: number): number {
  return Math.min(8_000, 250 * 2 ** attempt) * (0.5 + Math.random() / 2)
}

function redirected(from: Outgoing, location: string): Outgoing {
  if (!URL.canParse(location, from.url.href)) throw redirectError(from, 'redirects to what is no URL')
  const url = new URL(location, from.url)
  url.hash = ''
  if (url.protocol !== 'https:' && (url.protocol !== 'http:' || from.url.protocol === 'https:')) {
    throw redirectError(from, `redirects to ${url.protocol}//${url.host}, away from TLS`)
  }
  if (url.username !== '' || url.password !== '') throw redirectError(from, 'redirects with credentials of its own')
  if (url.origin === from.url.origin) return { ...from, url }
  const { authorization: _secret, ...headers } = from.headers ?? {}
  return { ...from, url, name: url.host, named: namedBy(from), headers }
}

function namedBy(from: Outgoing): Destination['named'] {
  if (from.named !== 'configured') return from.named
  return isLoopback(from.url.hostname) ? 'by-local-registry' : 'by-remote-registry'
}

function redirectError({ target, url }: Outgoing, what: string): Error {
  return codedError('REGISTRY_ANSWER_INVALID', `${nameOf(target)}: ${url.host} ${what}`, {
    hint: 'The registry, or what stands before it, is not set up rightly.',
    details: { ...target, host: url.host },
  })
}

function stallError({ target, url }: Outgoing, ms: number): Error {
  return codedError(
    'REGISTRY_STALLED',
    `${nameOf(target)}: ${url.host} did not answer within ${Math.round(ms / 1000)} s`,
    {
      hint: 'The registry or the network is overloaded; try again.',
      details: { ...target, host: url.host },
    },
  )
}

/** Tells when a request goes out over a connection, after it has waited for one. */
function whenSent(Handler: typeof DecoratorHandler, tell: () => void): Dispatcher.DispatcherComposeInterceptor {
  type Start = NonNullable<Dispatcher.DispatchHandler['onRequestStart']>
  class Sent extends Handler implements Dispatcher.DispatchHandler {
    readonly #inner: Dispatcher.DispatchHandler

    constructor(inner: Dispatcher.DispatchHandler) {
      super(inner)
      this.#inner = inner
    }

    onRequestStart(...start: Parameters<Start>): void {
      tell()
      this.#inner.onRequestStart?.(...start)
    }
  }
  return (dispatch) => (options, handler) => dispatch(options, new Sent(handler))
}
