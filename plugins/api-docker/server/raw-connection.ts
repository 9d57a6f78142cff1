import { codedError } from '@moby/contracts'
import type { Socket } from 'node:net'
import { watchHalfClosed } from './watch-half-closed.ts'

/**
 * A connection taken away from HTTP: bytes both ways, each way ending on its own. The client's end of input is the
 * end of `input`, while output goes on; its going away aborts `signal`.
 */
export class RawConnection {
  readonly #socket: Socket
  readonly #gone = new AbortController()
  readonly #opened: Promise<AsyncIterable<Uint8Array>>
  #open: (input: AsyncIterable<Uint8Array>) => void = () => {}
  readonly #stopWatching: () => void

  constructor(socket: Socket) {
    this.#socket = socket
    this.#opened = new Promise((resolve) => {
      this.#open = resolve
    })
    socket.on('error', () => this.#gone.abort())
    socket.on('close', () => this.#gone.abort())
    this.#stopWatching = watchHalfClosed(socket)
  }

  /**
   * Leaves the connection to another protocol. HTTP/2 does not use the two ways on their own, so the client's end of
   * one is the end of both; otherwise a client that has gone would leave its connection behind.
   */
  release(): void {
    this.#stopWatching()
    this.#socket.once('end', () => this.#socket.destroy())
  }

  get signal(): AbortSignal {
    return this.#gone.signal
  }

  /** What the client sends, from the moment of `open` or `become` on. Iterate over it at most once, or discard it. */
  async *input(): AsyncGenerator<Uint8Array> {
    const chunks = await this.#opened
    try {
      for await (const chunk of chunks) yield chunk
    } catch {
      // The client is gone, which `signal` tells.
    } finally {
      if (!this.#socket.destroyed) this.#socket.resume()
    }
  }

  /** Writes the head of the answer. From here on the connection is raw. */
  open(head: string): void {
    this.#socket.write(head)
    // Without this option the end of the input would destroy the output too.
    this.#open(this.#socket.iterator({ destroyOnReturn: false }))
  }

  /** Another protocol has the connection; what its messages hold is the input. */
  become(input: AsyncIterable<Uint8Array>): void {
    this.release()
    this.#open(input)
  }

  /** Throws away what the client sends. Somebody must read, or the end of the input would never be seen. */
  discardInput(): void {
    this.#socket.resume()
  }

  /** Resolves when the client may be sent more. Fails with CANCELLED when it is gone. */
  async write(data: Uint8Array): Promise<void> {
    if (this.#gone.signal.aborted || !this.#socket.writable) throw gone()
    if (this.#socket.write(data)) return
    await new Promise<void>((resolve, reject) => {
      const socket = this.#socket
      const settle = () => {
        socket.off('drain', settle)
        this.#gone.signal.removeEventListener('abort', settle)
        if (this.#gone.signal.aborted) reject(gone())
        else resolve()
      }
      socket.once('drain', settle)
      this.#gone.signal.addEventListener('abort', settle, { once: true })
    })
  }

  /** Ends both ways, after everything written has gone out. */
  end(): void {
    this.#stopWatching()
    this.#open(nothing())
    this.#socket.end(() => this.#socket.destroy())
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function gone() {
  return codedError('CANCELLED', 'the client has closed the connection')
}
