import { codedError } from '@moby/contracts'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import type { WebSocket } from 'ws'
import { invalidRequest } from '../wire/api-error.ts'
import type { RawConnection } from './route.ts'

/** Bytes of one message at most, as it is held in memory until it is whole. */
const largestMessage = 16 * 1024 * 1024
/** Bytes of input that may wait to be taken before the client has to. */
const mostInput = 64 * 1024
/** Milliseconds that a client has to answer the end of a connection. */
const closePatience = 2_000
const normalClosure = 1000

/**
 * Answers the handshake of a request that has passed `checkHandshake`. Fails with API_REQUEST_INVALID before anything
 * was written.
 */
export async function openWebSocket(
  message: IncomingMessage,
  socket: Socket,
  binary: boolean,
): Promise<WebSocketConnection> {
  // Few containers are attached to this way: the package is loaded for the first of them.
  const { WebSocketServer } = await import('ws')
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: largestMessage,
    // What is typed is bytes, whatever its messages say.
    skipUTF8Validation: true,
  })
  return await new Promise((resolve, reject) => {
    // With a listener the answer to a bad handshake is left to it.
    server.once('wsClientError', (error: Error) => reject(invalidRequest(error.message, error)))
    server.handleUpgrade(message, socket, Buffer.alloc(0), (webSocket) => {
      resolve(new WebSocketConnection(webSocket, binary))
    })
  })
}

/** A WebSocket as a connection of bytes: where one message ends and the next begins means nothing. */
export class WebSocketConnection implements RawConnection {
  readonly #socket: WebSocket
  readonly #binary: boolean
  readonly #input = new PassThrough({ highWaterMark: mostInput })

  constructor(socket: WebSocket, binary: boolean) {
    this.#socket = socket
    this.#binary = binary
    socket.binaryType = 'nodebuffer'
    socket.on('message', (data) => {
      if (!this.#input.write(data)) socket.pause()
    })
    this.#input.on('drain', () => socket.resume())
    socket.on('close', () => this.#input.end())
    // A client that breaks the protocol is closed with the code that says so; `close` follows.
    socket.on('error', () => {})
  }

  /** What the client's messages hold; its close frame is their end. */
  async *messages(): AsyncGenerator<Uint8Array> {
    // Without this option the end of the reading would be an error for what comes after.
    for await (const data of this.#input.iterator({ destroyOnReturn: false })) yield data as Buffer
  }

  /** Resolves when the message has gone out. Fails with CANCELLED when the client is gone. */
  async write(data: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.send(data, { binary: this.#binary }, (error) => {
        if (error === undefined || error === null) resolve()
        else reject(codedError('CANCELLED', 'the client has closed the connection', { cause: error }))
      })
    })
  }

  discardInput(): void {
    this.#input.resume()
  }

  /** Ends the connection in order; a client that does not take part is cut off. */
  async close(): Promise<void> {
    this.discardInput()
    if (this.#socket.readyState === this.#socket.CLOSED) return
    const closed = once(this.#socket, 'close')
    const timer = setTimeout(() => this.#socket.terminate(), closePatience)
    this.#socket.close(normalClosure)
    await closed
    clearTimeout(timer)
  }
}
