import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CallOptions, MethodDefinition, StreamType } from '../component/contract.ts'
import { codedError, isCodedError } from '../errors/index.ts'
import { Nothing } from '../component/schemas.ts'
import { chunksOf, readBody, writeWithRoom } from './body.ts'
import { reportFailure, type OnFailure } from './call-failure.ts'
import { toEnvelope } from './envelope.ts'
import { readFrames, type Frame } from './frames.ts'
import type { WireLimits } from './limits.ts'
import { readMessage, writeMessage } from './message.ts'
import type { Pairs } from './pairs.ts'
import { exchangeHeader, streamType } from './paths.ts'
import { itemFrames, readItems, statusFrame } from './stream.ts'

/** One call that came in: what is called, and the exchange that it came by. */
export interface IncomingCall {
  readonly subject: string
  /** Correlation id, of the caller or made here. */
  readonly id: string
  readonly definition: MethodDefinition
  readonly method: (...args: unknown[]) => unknown
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Aborted when the caller closes the connection. */
  readonly signal: AbortSignal
  readonly limits: WireLimits
  readonly pairs: Pairs
  /** Told of what is thrown without a code. */
  readonly onDefect: (error: unknown, subject: string) => void
  readonly onFailure?: OnFailure | undefined
}

/** Reads the request, calls the method and answers. Throws for what can still be answered with an error. */
export async function serveCall(call: IncomingCall): Promise<void> {
  const { definition } = call
  if (definition.input === undefined) {
    const request = await readRequest(call)
    return definition.output === undefined
      ? answer(call, await call.method(request, optionsOf(call)))
      : stream(call, definition.output, () => call.method(request, optionsOf(call)))
  }
  return definition.output === undefined
    ? serveInput(call, definition.input)
    : serveTwoWay(call, definition.input, definition.output)
}

function optionsOf({ signal, id }: IncomingCall): CallOptions {
  return { signal, id }
}

/** Input and an answer: one exchange, whose first frame is the request. */
async function serveInput(call: IncomingCall, type: StreamType): Promise<void> {
  const frames = framesOf(call, call.request)
  const first = await frames.next()
  if (first.done === true || first.value.kind !== 'request') {
    throw codedError('WIRE_REQUEST_INVALID', `${call.subject}: the first frame is not a request`)
  }
  const request = readRequestBytes(call, first.value.payload)
  const input = readItems(frames, type, call.limits, 'WIRE_REQUEST_INVALID', call.subject)
  answer(call, await call.method(request, input, optionsOf(call)))
}

/** Input and output: two exchanges that share an id. This is the one that carries the output. */
async function serveTwoWay(call: IncomingCall, inputType: StreamType, outputType: StreamType): Promise<void> {
  const pair = call.pairs.call(exchangeId(call.request))
  try {
    const request = await readRequest(call)
    const input = readItems(
      pairedFrames(call, pair.input),
      inputType,
      call.limits,
      'WIRE_REQUEST_INVALID',
      call.subject,
    )
    await stream(call, outputType, () => call.method(request, input, optionsOf(call)))
  } finally {
    pair.over()
  }
}

async function* pairedFrames(
  call: IncomingCall,
  input: () => Promise<IncomingMessage>,
): AsyncGenerator<Frame, void, undefined> {
  yield* framesOf(call, await input())
}

/** The id that joins the exchanges of a two-way call. */
export function exchangeId(request: IncomingMessage): string {
  const id = request.headers[exchangeHeader]
  if (typeof id === 'string' && /^[A-Za-z0-9-]{16,64}$/.test(id)) return id
  throw codedError('WIRE_REQUEST_INVALID', `a two-way call needs the header ${exchangeHeader}`)
}

async function* framesOf(call: IncomingCall, message: IncomingMessage): AsyncGenerator<Frame, void, undefined> {
  const limits = { data: call.limits.dataFrameBytes, json: bodyLimit(call) }
  try {
    yield* readFrames(chunksOf(message), limits, call.subject)
  } catch (cause) {
    if (isCodedError(cause)) throw cause
    throw codedError('WIRE_STREAM_BROKEN', `${call.subject}: the input was cut`, { cause })
  }
}

async function readRequest(call: IncomingCall): Promise<unknown> {
  const timer = setTimeout(() => call.request.destroy(), call.limits.bodyMs)
  try {
    return readRequestBytes(call, await readBody(call.request, bodyLimit(call), call.subject))
  } finally {
    clearTimeout(timer)
  }
}

function readRequestBytes({ definition, limits, subject }: IncomingCall, bytes: Uint8Array): unknown {
  const json = bytes.length === 0 ? Buffer.from('{}') : bytes
  return readMessage(definition.request, json, limits.depth, 'WIRE_REQUEST_INVALID', subject)
}

function bodyLimit({ definition, limits }: IncomingCall): number {
  return definition.maxBytes ?? limits.bodyBytes
}

function answer({ definition, response }: IncomingCall, value: unknown): void {
  sendJson(response, 200, writeMessage(definition.response ?? Nothing, value ?? {}))
}

/** Sends a JSON body with its length. */
export function sendJson(response: ServerResponse, status: number, body: Buffer): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length })
  response.end(body)
}

/** The head goes out before the first item, so that the caller knows that it is served; errors come as status. */
async function stream(call: IncomingCall, type: StreamType, open: () => unknown): Promise<void> {
  const { response, signal, limits } = call
  response.writeHead(200, { 'content-type': streamType })
  response.flushHeaders()
  let iterator: AsyncIterator<unknown> | undefined
  const abandon = (): void => void iterator?.return?.().catch(() => undefined)
  signal.addEventListener('abort', abandon, { once: true })
  try {
    iterator = (open() as AsyncIterable<unknown>)[Symbol.asyncIterator]()
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      for (const frame of itemFrames(type, next.value, limits)) {
        if (!(await writeWithRoom(response, frame))) return abandon()
      }
    }
    response.end(statusFrame('ended'))
  } catch (error) {
    if (!isCodedError(error) && !signal.aborted) call.onDefect(error, call.subject)
    reportFailure(call.onFailure, { call: call.id, subject: call.subject, error })
    if (!response.destroyed) response.end(statusFrame({ error }))
    abandon()
  } finally {
    signal.removeEventListener('abort', abandon)
  }
}

/** Answers with an error envelope, unless the answer has begun. */
export function sendError(response: ServerResponse, error: unknown): void {
  const { status, body } = toEnvelope(error)
  sendJson(response, status, Buffer.from(JSON.stringify(body)))
}
