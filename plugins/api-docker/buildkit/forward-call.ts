import { codedError } from '@moby/contracts'
import {
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import { grpcFrame } from './grpc-frames.ts'
import { refuseCall } from './grpc-status.ts'
import { passHeaders } from './raw-headers.ts'
import { readMessage } from './read-message.ts'

const endStream = constants.NGHTTP2_FLAG_END_STREAM

/** A call that somebody made of us, and what came with it. */
export interface IncomingCall {
  readonly stream: ServerHttp2Stream
  /** `/moby.buildkit.v1.Control/Solve` */
  readonly path: string
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[]
}

/** Changes of a call that has one message and one answer. */
export interface CallChanges {
  /** What is asked of the other side instead. */
  request?(message: Uint8Array): Uint8Array
  /** What the caller is answered instead. */
  answer?(message: Uint8Array): Uint8Array
}

/**
 * Passes a call on to the other side: bytes both ways with back-pressure, headers and trailers, its end and its
 * cancelling. Resolves when it is over, never fails; what goes wrong is told to the caller as the status of the call.
 */
export async function forwardCall(call: IncomingCall, to: ClientHttp2Session, changes: CallChanges = {}) {
  const { stream } = call
  // Told by `close`, which always comes.
  stream.on('error', () => undefined)
  try {
    const request = changes.request === undefined ? undefined : changes.request(await onlyMessage(stream))
    const outgoing = openCall(call, to)
    if (request === undefined) stream.pipe(outgoing)
    else outgoing.end(grpcFrame(request))
    await answer(outgoing, stream, changes.answer)
  } catch (error) {
    refuseCall(stream, error)
  }
}

/** The same call on the other side, without a body yet. */
function openCall({ stream, rawHeaders }: IncomingCall, to: ClientHttp2Session): ClientHttp2Stream {
  if (to.closed || to.destroyed) throw lost()
  const outgoing = to.request(passHeaders(rawHeaders), { endStream: false })
  outgoing.on('error', () => undefined)
  stream.once('close', () => {
    if (!outgoing.closed) outgoing.close(stream.rstCode === 0 ? constants.NGHTTP2_CANCEL : stream.rstCode)
  })
  if (stream.destroyed) outgoing.close(constants.NGHTTP2_CANCEL)
  return outgoing
}

async function answer(
  outgoing: ClientHttp2Stream,
  stream: ServerHttp2Stream,
  change: ((message: Uint8Array) => Uint8Array) | undefined,
): Promise<void> {
  let trailers: OutgoingHttpHeaders | undefined
  let wanted = false
  let whole = false
  let refused = false
  // What comes may be such as cannot be sent on, which Node tells by throwing; in a handler nobody would catch it.
  const pass = (act: () => void) => {
    if (stream.destroyed || stream.closed) return
    try {
      act()
    } catch (error) {
      refused = true
      outgoing.close(constants.NGHTTP2_CANCEL)
      refuseCall(stream, unfit(error))
    }
  }
  const sendTrailers = () => {
    if (!wanted || trailers === undefined) return
    wanted = false
    const sent = trailers
    pass(() => stream.sendTrailers(sent))
  }
  stream.once('wantTrailers', () => {
    wanted = true
    sendTrailers()
  })
  outgoing.once('trailers', (_headers: IncomingHttpHeaders, _flags: number, raw: readonly string[]) => {
    trailers = passHeaders(raw)
    sendTrailers()
  })
  outgoing.once('response', (_headers: IncomingHttpHeaders, flags: number, raw: readonly string[]) => {
    pass(() => {
      whole = (flags & endStream) !== 0
      stream.respond(passHeaders(raw), { endStream: whole, waitForTrailers: !whole })
      if (whole) outgoing.resume()
      else if (change === undefined) outgoing.pipe(stream)
      else void sendChanged(outgoing, stream, change)
    })
  })
  await new Promise<void>((resolve) => outgoing.once('close', resolve))
  if (refused) return
  if (!stream.headersSent) throw lost()
  // A call that ends without its trailers has no status: the caller must not take it for a whole one.
  if (trailers === undefined && !whole && !stream.closed) {
    stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  }
}

async function sendChanged(
  outgoing: ClientHttp2Stream,
  stream: ServerHttp2Stream,
  change: (message: Uint8Array) => Uint8Array,
): Promise<void> {
  try {
    const message = await readMessage(outgoing)
    if (message === undefined) stream.end()
    else stream.end(grpcFrame(change(message)))
  } catch {
    stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  }
}

async function onlyMessage(stream: ServerHttp2Stream): Promise<Buffer> {
  const message = await readMessage(stream)
  if (message !== undefined) return message
  throw codedError('BUILDKIT_PROTOCOL', 'A BuildKit call has no message where one belongs')
}

function unfit(cause: unknown) {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return codedError('BUILDKIT_PROTOCOL', `The answer to a BuildKit call cannot be passed on: ${reason}`, { cause })
}

function lost() {
  return codedError('BUILDKIT_UNAVAILABLE', 'The connection between the BuildKit daemon and its client was lost')
}
