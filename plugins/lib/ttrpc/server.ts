import { createServer, type Server, type Socket } from 'node:net'
import { codedError } from '@moby/contracts'
import type { Method } from './service.ts'
import { Request, Response } from './wire/envelope.ts'
import { FrameReader } from './wire/frame-reader.ts'
import { encodeFrame, frameTypes, maxFrameLength, type Frame } from './wire/frame.ts'
import { statusOfError } from './wire/status.ts'

/** What a method may know of its call. */
export interface TtrpcCallContext {
  /** Aborted when the caller is gone or its time is over. */
  readonly signal: AbortSignal
}

type Handler = (payload: Uint8Array, context: TtrpcCallContext) => Promise<Uint8Array>

/**
 * Serves unary ttrpc methods on a Unix socket. Calls of one connection run side by side. What breaks the
 * protocol ends its connection and no other.
 */
export class TtrpcServer {
  readonly #handlers = new Map<string, Handler>()
  readonly #connections = new Set<Socket>()
  readonly #server: Server = createServer((socket) => this.#serve(socket))

  /** Adds a method. Errors that it throws reach the caller as a status with their message. */
  handle<Req, Res>(
    method: Method<Req, Res>,
    handler: (request: Req, context: TtrpcCallContext) => Promise<Partial<Res>>,
  ): this {
    this.#handlers.set(`${method.service}/${method.name}`, async (payload, context) =>
      method.response.encode(await handler(method.request.decode(payload), context)),
    )
    return this
  }

  /** Listens at `path`, which must not exist. Fails with RPC_CONNECTION_LOST. */
  async listen(path: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#server.once('error', reject)
    this.#server.listen(path, resolve)
    await promise.catch((cause: unknown) => {
      throw codedError('RPC_CONNECTION_LOST', `Cannot listen at ${path}`, { cause })
    })
  }

  /** Ends all connections and removes the socket. */
  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.close(() => resolve())
    for (const socket of this.#connections) socket.destroy()
    await promise
  }

  #serve(socket: Socket): void {
    const reader = new FrameReader()
    const gone = new AbortController()
    let lastStreamId = 0
    this.#connections.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.#connections.delete(socket)
      gone.abort()
    })
    socket.on('data', (chunk: Buffer) => {
      for (const frame of reader.push(chunk)) {
        const fresh = frame.streamId % 2 === 1 && frame.streamId > lastStreamId
        if (frame.type !== frameTypes.request || !fresh) {
          socket.destroy()
          return
        }
        lastStreamId = frame.streamId
        void this.#answer(frame, gone.signal, socket)
      }
    })
  }

  async #answer(frame: Frame, gone: AbortSignal, socket: Socket): Promise<void> {
    const data = await this.#run(frame, gone)
    if (!socket.destroyed) socket.write(encodeFrame(frame.streamId, frameTypes.response, data))
  }

  /** The data of the response frame; errors become a status, so this never rejects. */
  async #run(frame: Frame, gone: AbortSignal): Promise<Uint8Array> {
    try {
      if (frame.oversized) throw codedError('RPC_EXHAUSTED', `The request is over ${maxFrameLength} bytes`)
      const { service, method, payload, timeoutNano } = Request.decode(frame.data)
      const handler = this.#handlers.get(`${service}/${method}`)
      if (handler === undefined) throw codedError('RPC_UNIMPLEMENTED', `method ${service}/${method}`)
      const answer = Response.encode({ payload: await withinTime(handler, payload, gone, timeoutNano / 1_000_000) })
      if (answer.length <= maxFrameLength) return answer
      throw codedError('RPC_EXHAUSTED', `The answer has ${answer.length} bytes; ttrpc allows ${maxFrameLength}`)
    } catch (error) {
      return Response.encode({ status: statusOfError(error) })
    }
  }
}

async function withinTime(
  handler: Handler,
  payload: Uint8Array,
  gone: AbortSignal,
  timeoutMs: number,
): Promise<Uint8Array> {
  if (timeoutMs <= 0) return handler(payload, { signal: gone })
  const late = new AbortController()
  const { promise: deadline, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late.abort()
    reject(codedError('RPC_DEADLINE', `no answer within ${timeoutMs} ms`))
  }, timeoutMs)
  try {
    return await Promise.race([handler(payload, { signal: AbortSignal.any([gone, late.signal]) }), deadline])
  } finally {
    clearTimeout(timer)
  }
}
