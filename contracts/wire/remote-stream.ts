import { randomUUID } from 'node:crypto'
import type { CallOptions, StreamType } from '../component/contract.ts'
import { codedError, isCodedError } from '../errors/index.ts'
import { chunksOf } from './body.ts'
import { reportFailure } from './call-failure.ts'
import { callHeaders, type RemoteMethod } from './call-remote.ts'
import { openScope, type CallScope } from './call-scope.ts'
import { openExchange, readRefusal, type Exchange } from './exchange.ts'
import { feedInput, type Feed } from './feed.ts'
import { readFrames } from './frames.ts'
import { writeMessage } from './message.ts'
import { exchangeHeader, streamType } from './paths.ts'
import { readItems } from './stream.ts'

/** Milliseconds until a connection whose stream has ended must be free for the next call. */
const settleMs = 1_000

/**
 * The output of a method of a peer. The call begins with the first `next`; `return` ends it at once, also
 * while a `next` waits, and the peer sees its connection closed.
 */
export class RemoteStream implements AsyncIterableIterator<unknown> {
  readonly #method: RemoteMethod
  readonly #request: unknown
  readonly #input: AsyncIterable<unknown> | undefined
  readonly #call: CallOptions | undefined
  #scope: CallScope | undefined
  #items: AsyncGenerator<unknown, void, undefined> | undefined
  #returned = false

  constructor(method: RemoteMethod, request: unknown, input: AsyncIterable<unknown> | undefined, call?: CallOptions) {
    this.#method = method
    this.#request = request
    this.#input = input
    this.#call = call
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#returned) return { done: true, value: undefined }
    this.#items ??= this.#open()
    try {
      const next = await this.#items.next()
      return next.done === true ? { done: true, value: undefined } : next
    } catch (error) {
      if (this.#returned) return { done: true, value: undefined }
      throw error
    }
  }

  async return(): Promise<IteratorResult<unknown, undefined>> {
    this.#returned = true
    this.#scope?.abort(codedError('CANCELLED', `${this.#method.subject}: the stream is not wanted any more`))
    await this.#items?.return().catch(() => undefined)
    return { done: true, value: undefined }
  }

  async *#open(): AsyncGenerator<unknown, void, undefined> {
    const { route, path, subject, definition } = this.#method
    const { limits } = route
    const scope = openScope(this.#call?.signal, definition.deadlineMs, subject)
    this.#scope = scope
    const [id, callId] = [randomUUID(), this.#call?.id ?? randomUUID()]
    const body = writeMessage(definition.request, this.#request)
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      ...callHeaders(this.#method, callId),
      ...(definition.input === undefined ? {} : { [exchangeHeader]: id }),
    }
    const exchange = openExchange(route, { path, headers }, body, scope.signal, subject)
    const feed = this.#feed(definition.input, { [exchangeHeader]: id, ...callHeaders(this.#method, callId) }, scope)
    let ended = false
    try {
      const response = await withinHeadTime(exchange, scope, limits.streamHeadMs, subject)
      if (response.statusCode !== 200) await readRefusal(response, route, scope.signal, subject)
      const frameLimits = { data: limits.dataFrameBytes, json: definition.maxBytes ?? limits.bodyBytes }
      const frames = readFrames(chunksOf(response), frameLimits, subject)
      yield* readItems(frames, definition.output ?? 'bytes', limits, 'WIRE_RESPONSE_INVALID', subject)
      ended = true
      settle(exchange, response)
    } catch (error) {
      throw reportFailure(route.onFailure, { call: callId, subject, error: translate(error, scope, subject) })
    } finally {
      if (!ended) exchange.request.destroy()
      feed?.stop()
      scope.close()
      // Its connection may serve another call by now: who returns after the end must not reach it.
      this.#scope = undefined
    }
  }

  /** The second exchange of a two-way call. Its failures show in the first: the peer sees its input cut. */
  #feed(type: StreamType | undefined, ids: Readonly<Record<string, string>>, scope: CallScope): Feed | undefined {
    if (type === undefined || this.#input === undefined) return undefined
    const { route, path, subject } = this.#method
    const head = { path: `${path}/input`, headers: { 'content-type': streamType, ...ids } }
    const exchange = openExchange(route, head, undefined, scope.signal, subject)
    const feed = feedInput(exchange.request, type, this.#input, route.limits)
    const stop = (): void => {
      feed.stop()
      if (!exchange.request.writableEnded) exchange.request.destroy()
    }
    exchange.response.then((response) => void response.resume()).then(stop, stop)
    return { failure: feed.failure, stop }
  }
}

/** A peer that does not even begin to answer is stuck, however long the stream itself may last. */
async function withinHeadTime(exchange: Exchange, scope: CallScope, headMs: number, subject: string) {
  const late = (): void => scope.abort(codedError('WIRE_DEADLINE', `${subject}: no answer began within ${headMs} ms`))
  const timer = setTimeout(late, headMs)
  return exchange.response.finally(() => clearTimeout(timer))
}

/** Reads to the end of the answer, so that the connection can be used again; a peer that sends more is cut. */
function settle(exchange: Exchange, response: Awaited<Exchange['response']>): void {
  const timer = setTimeout(() => exchange.request.destroy(), settleMs)
  response.once('close', () => clearTimeout(timer))
  response.resume()
}

function translate(error: unknown, scope: CallScope, subject: string): unknown {
  if (scope.signal.aborted) return scope.signal.reason
  if (isCodedError(error)) return error
  return codedError('WIRE_STREAM_BROKEN', `${subject}: the peer closed the connection`, { cause: error })
}
