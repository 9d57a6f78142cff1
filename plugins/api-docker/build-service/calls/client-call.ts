import { constants, type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2'
import { codedError } from '@moby/contracts'
import { GrpcFailure, grpcCodes } from '../../buildkit/grpc-failure.ts'
import { grpcFrame, GrpcFrameReader } from '../../buildkit/grpc-frames.ts'
import { messageLimit } from '../../buildkit/read-message.ts'

export type CallHeaders = Readonly<Record<string, string | readonly string[]>>

/** A call of gRPC to the other side of a connection, of messages both ways. */
export class ClientCall {
  readonly #stream: ClientHttp2Stream
  readonly #signal: AbortSignal
  #status: IncomingHttpHeaders | undefined
  readonly #settled: Promise<void>

  /** Fails with BUILDKIT_UNAVAILABLE when the connection is gone. It is cancelled with the signal. */
  constructor(session: ClientHttp2Session, path: string, headers: CallHeaders, signal: AbortSignal) {
    if (session.closed || session.destroyed) throw lost()
    signal.throwIfAborted()
    const own = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' }
    const given = Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]])
    this.#stream = session.request({ ...Object.fromEntries(given), ...own }, { endStream: false })
    this.#signal = signal
    this.#stream.on('error', () => undefined)
    const cancel = () => this.close()
    signal.addEventListener('abort', cancel)
    this.#stream.once('close', () => signal.removeEventListener('abort', cancel))
    const note = (headers: IncomingHttpHeaders) => {
      if (headers['grpc-status'] !== undefined) this.#status = headers
    }
    this.#stream.once('response', note)
    this.#stream.once('trailers', note)
    this.#settled = new Promise((resolve) => {
      this.#stream.once('trailers', () => resolve())
      this.#stream.once('close', () => resolve())
    })
  }

  /** Resolves when the other side may be sent more. */
  async send(message: Uint8Array): Promise<void> {
    if (this.#stream.destroyed || this.#stream.writableEnded) return
    await new Promise<void>((resolve) => this.#stream.write(grpcFrame(message), () => resolve()))
  }

  /** Says that no message follows. */
  end(): void {
    if (!this.#stream.destroyed) this.#stream.end()
  }

  /** Breaks the call off. */
  close(): void {
    if (!this.#stream.closed) this.#stream.close(constants.NGHTTP2_CANCEL)
  }

  /** The messages of the other side. Fails with GrpcFailure when it ends the call with another status than OK. */
  async *messages(): AsyncGenerator<Buffer, void> {
    const frames = new GrpcFrameReader(messageLimit)
    try {
      for await (const piece of this.#stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        yield* frames.take(piece)
      }
    } catch (error) {
      if (!this.#stream.destroyed) throw error
    }
    await this.#settled
    this.#signal.throwIfAborted()
    if (this.#status === undefined) throw lost()
    const code = Number(this.#status['grpc-status'])
    if (code !== grpcCodes.ok) throw new GrpcFailure(code, messageOf(this.#status))
    frames.end()
  }
}

/** A call of one message and one answer. */
export async function callOnce(
  session: ClientHttp2Session,
  path: string,
  message: Uint8Array,
  signal: AbortSignal,
): Promise<Buffer> {
  const call = new ClientCall(session, path, {}, signal)
  try {
    await call.send(message)
    call.end()
    const [answer] = await Array.fromAsync(call.messages())
    if (answer !== undefined) return answer
    throw codedError('BUILDKIT_PROTOCOL', `The client of a build answered ${path} without a message`)
  } finally {
    call.close()
  }
}

function messageOf(headers: IncomingHttpHeaders): string {
  const text = String(headers['grpc-message'] ?? '')
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function lost() {
  return codedError('BUILDKIT_UNAVAILABLE', 'The session of the build has ended', {
    hint: 'The client that asked for the build went away.',
  })
}
