import { connect as connectSocket, type Socket } from 'node:net'
import { codedError, type CodedError } from '@moby/contracts'
import type { Method } from './service.ts'
import { Request, Response } from './wire/envelope.ts'
import { FrameReader } from './wire/frame-reader.ts'
import { encodeFrame, frameTypes, maxFrameLength, type Frame } from './wire/frame.ts'
import { errorOfStatus } from './wire/status.ts'

export interface TtrpcCallOptions {
  /** Told to the server, and kept here. Absent or 0: as long as it takes. */
  readonly timeoutMs?: number | undefined
  /** Aborting it fails the call with CANCELLED; ttrpc cannot tell the server. */
  readonly signal?: AbortSignal | undefined
}

interface Pending {
  readonly what: string
  settle(outcome: { readonly frame: Frame } | { readonly error: CodedError }): void
}

const maxStreamId = 0xffff_ffff

/**
 * A connection to a ttrpc server. Calls run side by side: a slow one holds up no other. When the connection
 * is lost every call that waits fails with RPC_CONNECTION_LOST, and so does every later one.
 */
export class TtrpcClient {
  readonly #socket: Socket
  readonly #path: string
  readonly #reader = new FrameReader()
  readonly #pending = new Map<number, Pending>()
  readonly #lost = Promise.withResolvers<CodedError>()
  #nextStreamId = 1
  #error: CodedError | undefined

  private constructor(socket: Socket, path: string) {
    this.#socket = socket
    this.#path = path
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', (cause) => this.#fail(this.#lostError(cause)))
    socket.on('close', () => this.#fail(this.#lostError()))
  }

  /** Connects to a Unix socket. Fails with RPC_CONNECTION_LOST. */
  static async connect(path: string): Promise<TtrpcClient> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const socket = connectSocket({ path })
    socket.once('connect', resolve)
    socket.once('error', reject)
    try {
      await promise
    } catch (cause) {
      socket.destroy()
      throw codedError('RPC_CONNECTION_LOST', `No ttrpc server answers at ${path}`, { cause })
    }
    socket.off('error', reject)
    return new TtrpcClient(socket, path)
  }

  /** Resolves with the reason, once, when the connection is lost or closed. Never rejects. */
  get lost(): Promise<CodedError> {
    return this.#lost.promise
  }

  /** Fails with the coded error of the status that the server answers with, RPC_DEADLINE or RPC_CONNECTION_LOST. */
  async call<Req, Res>(method: Method<Req, Res>, request: Partial<Req>, options: TtrpcCallOptions = {}): Promise<Res> {
    const what = `${method.service}/${method.name}`
    const payload = await this.#exchange(what, method, method.request.encode(request), options)
    try {
      return method.response.decode(payload)
    } catch (cause) {
      throw codedError('RPC_PROTOCOL', `The answer of ${this.#path} to ${what} cannot be read`, { cause })
    }
  }

  /** Ends the connection; calls that wait fail with RPC_CONNECTION_LOST. */
  close(): void {
    this.#fail(codedError('RPC_CONNECTION_LOST', `The connection to ${this.#path} was closed`))
  }

  /** An unreferenced connection does not keep the process alive. */
  unref(): void {
    this.#socket.unref()
  }

  async #exchange(
    what: string,
    method: { readonly service: string; readonly name: string },
    payload: Uint8Array,
    { timeoutMs = 0, signal }: TtrpcCallOptions,
  ): Promise<Uint8Array> {
    if (this.#error !== undefined) throw this.#error
    if (signal?.aborted === true) throw cancelled(what)
    const data = Request.encode({
      service: method.service,
      method: method.name,
      payload,
      timeoutNano: timeoutMs * 1_000_000,
    })
    if (data.length > maxFrameLength) {
      throw codedError('RPC_EXHAUSTED', `The request ${what} has ${data.length} bytes; ttrpc allows ${maxFrameLength}`)
    }
    const streamId = this.#takeStreamId()
    const { promise, resolve, reject } = Promise.withResolvers<Frame>()
    const fail = (error: CodedError) => {
      this.#pending.delete(streamId)
      reject(error)
    }
    this.#pending.set(streamId, {
      what,
      settle: (outcome) => ('error' in outcome ? reject(outcome.error) : resolve(outcome.frame)),
    })
    const onAbort = () => fail(cancelled(what))
    const onDeadline = () =>
      fail(codedError('RPC_DEADLINE', `${this.#path} did not answer ${what} within ${timeoutMs} ms`))
    const timer = timeoutMs > 0 ? setTimeout(onDeadline, timeoutMs) : undefined
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      this.#socket.write(encodeFrame(streamId, frameTypes.request, data))
      return this.#payloadOf(await promise, what)
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  #payloadOf(frame: Frame, what: string): Uint8Array {
    if (frame.oversized) {
      throw codedError('RPC_EXHAUSTED', `The answer of ${this.#path} to ${what} is over ${maxFrameLength} bytes`)
    }
    let response
    try {
      response = Response.decode(frame.data)
    } catch (cause) {
      throw codedError('RPC_PROTOCOL', `The answer of ${this.#path} to ${what} cannot be read`, { cause })
    }
    if (response.status !== undefined && response.status.code !== 0) throw errorOfStatus(response.status)
    return response.payload
  }

  /** Client streams are odd and grow; what has come around and is in use still is passed over. */
  #takeStreamId(): number {
    do {
      this.#nextStreamId = this.#nextStreamId + 2 > maxStreamId ? 1 : this.#nextStreamId + 2
    } while (this.#pending.has(this.#nextStreamId))
    return this.#nextStreamId
  }

  #receive(chunk: Buffer): void {
    for (const frame of this.#reader.push(chunk)) {
      const pending = this.#pending.get(frame.streamId)
      // The answer to a call that was given up meanwhile.
      if (pending === undefined && frame.streamId % 2 === 1) continue
      if (pending === undefined || frame.type !== frameTypes.response) {
        this.#fail(
          codedError('RPC_PROTOCOL', `${this.#path} sent a frame of type ${frame.type} on stream ${frame.streamId}`),
        )
        return
      }
      this.#pending.delete(frame.streamId)
      pending.settle({ frame })
    }
  }

  #lostError(cause?: Error): CodedError {
    return codedError('RPC_CONNECTION_LOST', `The connection to ${this.#path} was lost`, { cause })
  }

  #fail(error: CodedError): void {
    if (this.#error !== undefined) return
    this.#error = error
    this.#socket.destroy()
    for (const pending of this.#pending.values()) pending.settle({ error })
    this.#pending.clear()
    this.#lost.resolve(error)
  }
}

function cancelled(what: string): CodedError {
  return codedError('CANCELLED', `The call ${what} was given up`)
}
