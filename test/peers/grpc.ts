import type { ClientHttp2Session, IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { Readable } from 'node:stream'

/** What a call was answered. */
export interface Answered {
  readonly head: IncomingHttpHeaders
  readonly messages: readonly Buffer[]
  /** Of the trailers, or of the head where nothing else came; undefined when the call was broken off. */
  readonly status: string | undefined
  readonly trailers: IncomingHttpHeaders
}

/** A message as gRPC frames it. */
export function frame(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** The messages of a stream as they come. */
export async function* messagesOf(stream: Readable): AsyncGenerator<Buffer, void> {
  let rest = Buffer.alloc(0)
  for await (const piece of stream as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, piece])
    while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
      const end = 5 + rest.readUInt32BE(1)
      yield rest.subarray(5, end)
      rest = rest.subarray(end)
    }
  }
}

/** Makes a call of a few messages and takes its answer in. */
export async function callGrpc(
  session: ClientHttp2Session,
  path: string,
  messages: readonly Uint8Array[],
  headers: OutgoingHttpHeaders = {},
): Promise<Answered> {
  const fixed = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' }
  const stream = session.request({ ...headers, ...fixed })
  stream.on('error', () => undefined)
  let head: IncomingHttpHeaders = {}
  let trailers: IncomingHttpHeaders = {}
  stream.once('response', (response) => (head = response))
  stream.once('trailers', (response) => (trailers = response))
  const closed = new Promise<void>((resolve) => stream.once('close', resolve))
  for (const message of messages) stream.write(frame(message))
  stream.end()
  const taken: Buffer[] = []
  try {
    for await (const message of messagesOf(stream)) taken.push(message)
  } catch {
    // Told by the absence of a status.
  }
  await closed
  return { head, messages: taken, status: statusOf(trailers) ?? statusOf(head), trailers }
}

function statusOf(headers: IncomingHttpHeaders): string | undefined {
  const status = headers['grpc-status']
  return Array.isArray(status) ? status[0] : status
}

/** Answers a call with messages and status 0. */
export function answerGrpc(
  stream: ServerHttp2Stream,
  messages: readonly Uint8Array[],
  trailers: OutgoingHttpHeaders = {},
): void {
  stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', ...trailers }))
  for (const message of messages) stream.write(frame(message))
  stream.end()
}

/** Answers a call with a status alone. The message is percent-encoded already. */
export function failGrpc(stream: ServerHttp2Stream, status: string, message: string): void {
  const head = { 'content-type': 'application/grpc', 'grpc-status': status, 'grpc-message': message }
  stream.respond(head, { endStream: true })
}
