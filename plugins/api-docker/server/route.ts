import type { Logger } from '@moby/contracts'
import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import type { Decoder } from '../wire/decode.ts'
import type { Query } from '../wire/query.ts'
import type { Handles } from './handles.ts'

/** One request, after routing and before the engine. */
export interface ApiRequest {
  readonly method: string
  /** Minor number of the API's version. */
  readonly version: number
  /** Decoded variables of the path. */
  readonly vars: Readonly<Record<string, string>>
  readonly query: Query
  readonly headers: IncomingHttpHeaders
  /** The body as it comes; read it at most once. */
  readonly body: AsyncIterable<Uint8Array>
  /** Bytes of the body as announced; undefined when it is sent in chunks of unknown number. */
  readonly bodyLength: number | undefined
  /** What the client sends after the answer has turned the connection into a raw one. */
  readonly input: AsyncIterable<Uint8Array>
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal
  /** The engine; every call is authorized first. */
  readonly engine: Handles
  /**
   * The engine without asking authorizers: for what a handler must know to answer (is there a terminal?), and for
   * calls that `allow` was asked about.
   */
  readonly trusted: Handles
  /** Asks the authorizers about an operation that is then called through `trusted`. */
  allow(operation: string, request: unknown): Promise<void>
  /** The body decoded; undefined when it is empty. Fails with API_REQUEST_INVALID or API_BODY_TOO_LARGE. */
  json<T>(decoder: Decoder<T>): Promise<T | undefined>
  readonly log: Logger
}

export type Headers = Readonly<Record<string, string>>

/** A connection that is no longer HTTP. */
export interface RawConnection {
  /** Resolves when the client may be sent more; fails when it is gone. */
  write(data: Uint8Array): Promise<void>
  /** For handlers that do not read `input`. */
  discardInput(): void
}

/** What a handler answers. */
export type Answer =
  | { readonly kind: 'json'; readonly status: number; readonly body: unknown; readonly headers?: Headers }
  | { readonly kind: 'text'; readonly status: number; readonly body: string; readonly headers?: Headers }
  | { readonly kind: 'empty'; readonly status: number; readonly headers?: Headers }
  | {
      /** The headers go out at once; an error of the iterator cuts the stream. */
      readonly kind: 'stream'
      readonly status: number
      readonly body: AsyncIterable<Uint8Array | string>
      readonly headers: Headers
    }
  | {
      /** Turns the connection into a raw one. `run` returns when nothing more is to be written. */
      readonly kind: 'raw'
      readonly contentType: string
      /** True where Docker repeats the common headers (exec), false where it writes a bare head (attach). */
      readonly commonHeaders: boolean
      run(connection: RawConnection): Promise<void>
    }
  | {
      /**
       * Turns the connection into a WebSocket: each write is a message, what the client's messages hold is the input.
       * The request must have passed `checkHandshake`. `run` returns when nothing more is to be written.
       */
      readonly kind: 'websocket'
      /** Whether messages are binary ones; otherwise they say that they are text, whatever they hold. */
      readonly binary: boolean
      run(connection: RawConnection): Promise<void>
    }
  | {
      /** Hands the connection over to another protocol, whole. `run` returns when it is closed. */
      readonly kind: 'upgrade'
      /** As the client asked for it in its `Upgrade` header. */
      readonly protocol: string
      run(socket: Socket): Promise<void>
    }

export interface Route {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  /** With variables in braces, which take slashes too: `/images/{name}/json`. */
  readonly path: string
  /** True when the handler may take the connection over, so that the server leaves an upgrade request to it. */
  readonly hijack?: boolean
  /** True when the body is a password: authorizers do not see it, as with dockerd. */
  readonly secretBody?: boolean
  handle(request: ApiRequest): Promise<Answer>
}

/** Holds an answer against the description of the API, and gives it back, perhaps with a watch over its stream. */
export type CheckAnswer = (
  asked: { readonly route: Route; readonly query: Query; readonly version: number },
  answer: Answer,
) => Answer

export function json(body: unknown, status = 200): Answer {
  return { kind: 'json', status, body }
}

export function empty(status = 204): Answer {
  return { kind: 'empty', status }
}
