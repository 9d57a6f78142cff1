import type { ClientHttp2Session } from 'node:http2'
import { callOnce, ClientCall, type CallHeaders } from '../calls/client-call.ts'

/** What a client offers to its builds, over the connection that it opened for that: files, credentials, secrets. */
export class ClientSession {
  readonly id: string
  readonly #connection: ClientHttp2Session
  readonly #methods: ReadonlySet<string>

  /** `methods` are the paths of its calls, as its headers tell them. */
  constructor(id: string, connection: ClientHttp2Session, methods: readonly string[]) {
    this.id = id
    this.#connection = connection
    this.#methods = new Set(methods.map((method) => method.toLowerCase()))
  }

  /** Clients write paths in either case. One that tells of no call may serve any. */
  supports(path: string): boolean {
    return this.#methods.size === 0 || this.#methods.has(path.toLowerCase())
  }

  /** Fails with BUILDKIT_UNAVAILABLE when it is over. */
  open(path: string, headers: CallHeaders, signal: AbortSignal): ClientCall {
    return new ClientCall(this.#connection, path, headers, signal)
  }

  /** One message, one answer. Fails with GrpcFailure, or BUILDKIT_UNAVAILABLE when it is over. */
  async ask(path: string, message: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    return await callOnce(this.#connection, path, message, signal)
  }
}
