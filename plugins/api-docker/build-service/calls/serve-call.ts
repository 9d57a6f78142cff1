import type { ServerHttp2Stream } from 'node:http2'
import type { IncomingCall } from '../../buildkit/forward-call.ts'
import { GrpcFailure, grpcCodes } from '../../buildkit/grpc-failure.ts'
import { grpcFrame } from '../../buildkit/grpc-frames.ts'
import { refuseCall, statusHeaders } from '../../buildkit/grpc-status.ts'
import { readMessage } from '../../buildkit/read-message.ts'

/** A call with the one message of its caller. */
export interface ServedCall {
  readonly message: Uint8Array
  /** Aborted when the caller goes or has its answer. */
  readonly signal: AbortSignal
  /** The first value of a header; undefined when there is none. */
  header(name: string): string | undefined
}

/** Answers a call with one message, or with those of a stream as they come. */
export type Method = (call: ServedCall) => Promise<Uint8Array> | AsyncIterable<Uint8Array>

/** By path, `/moby.buildkit.v1.Control/Solve`. */
export type Methods = Readonly<Record<string, Method>>

/** Serves one call of gRPC. Never fails: what goes wrong is told to the caller as the status of the call. */
export async function serveCall(call: IncomingCall, methods: Methods): Promise<void> {
  const { stream } = call
  const gone = new AbortController()
  // Told by `close`, which always comes.
  stream.on('error', () => undefined)
  stream.once('close', () => gone.abort())
  try {
    const method = Object.hasOwn(methods, call.path) ? methods[call.path] : undefined
    if (method === undefined) throw unknown(call.path)
    const message = (await readMessage(stream)) ?? new Uint8Array()
    const answer = method({ message, signal: gone.signal, header: (name) => headersOf(call.rawHeaders, name)[0] })
    if (answer instanceof Promise) await sendOne(stream, await answer)
    else await sendAll(stream, answer)
  } catch (error) {
    refuseCall(stream, error)
  }
}

async function sendOne(stream: ServerHttp2Stream, message: Uint8Array): Promise<void> {
  await sendAll(
    stream,
    (async function* () {
      yield message
    })(),
  )
}

/** The head goes out at once; an error comes behind the messages. */
async function sendAll(stream: ServerHttp2Stream, messages: AsyncIterable<Uint8Array>): Promise<void> {
  if (isGone(stream)) return
  let status = { 'grpc-status': String(grpcCodes.ok) } as ReturnType<typeof statusHeaders>
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.once('wantTrailers', () => {
    if (!isGone(stream)) stream.sendTrailers(status)
  })
  try {
    for await (const message of messages) {
      if (isGone(stream)) return
      // Called when the message is on its way, or can no longer be.
      await new Promise<void>((resolve) => stream.write(grpcFrame(message), () => resolve()))
    }
  } catch (error) {
    status = statusHeaders(error)
  }
  if (!isGone(stream)) stream.end()
}

function isGone(stream: ServerHttp2Stream): boolean {
  return stream.destroyed || stream.closed
}

function unknown(path: string): GrpcFailure {
  const [, service = '', method = ''] = path.split('/')
  return new GrpcFailure(grpcCodes.unimplemented, `unknown method ${method} for service ${service}`)
}

/** All values of a header among names and values in turn. */
export function headersOf(raw: readonly string[], name: string): string[] {
  return raw.filter((_value, at) => at % 2 === 1 && raw[at - 1] === name)
}
