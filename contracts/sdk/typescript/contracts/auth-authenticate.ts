// Written from the contract by `npm run docs`; not to be edited.

import type { Call } from '../component.ts'

export interface SocketResponse {
  /** Permission bits: never those of others than owner and group */
  readonly mode: number
  /** Group of the socket; absent, that of the front-end's process */
  readonly gid?: number | undefined
}

export interface Peer {
  readonly uid: number
  readonly gid: number
  /** In the namespace of the engine; may have been reused */
  readonly pid: number
}

export interface Evidence {
  readonly transport: 'unix' | 'tcp' | 'tls'
  readonly peer?: Peer | undefined
  /** PEM, the peer's own first; only those that the front-end has verified */
  readonly certificates?: readonly string[] | undefined
  /** Headers that may carry credentials, lower-case names */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export interface AuthenticateRequest {
  readonly evidence: Evidence
}

export interface Principal {
  /** User name, certificate name, subject; the number of a user that has no name */
  readonly name: string
  /** How it was established: peer-credentials, tls, token */
  readonly method: string
  /** Names, each once; empty when none is known */
  readonly groups: readonly string[]
}

export interface AuthenticateResponse {
  readonly principal: Principal
}

/** auth.authenticate 0.1.0: Who is calling. */
export interface Driver {
  /** How a front-end must make its Unix socket, so that the right callers can connect. */
  socket(request: Record<string, never>, call?: Call): Promise<SocketResponse>

  /** The principal behind a connection, the same for the same evidence. Fails with AUTH_NOT_AUTHENTICATED, never by guessing: not by `peer` of another transport than `unix`, nor by evidence of any size that it cannot use. Errors: AUTH_NOT_AUTHENTICATED. */
  authenticate(request: AuthenticateRequest, call?: Call): Promise<AuthenticateResponse>
}
