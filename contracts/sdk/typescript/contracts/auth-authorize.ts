// Written from the contract by `npm run docs`; not to be edited.

import type { Call } from '../component.ts'

export interface Principal {
  /** User name, certificate name, subject; the number of a user that has no name */
  readonly name: string
  /** How it was established: peer-credentials, tls, token */
  readonly method: string
  /** Names, each once; empty when none is known */
  readonly groups: readonly string[]
}

export interface Operation {
  /** Method of the engine contract: containers.create */
  readonly name: string
  /** Its request */
  readonly request: unknown
}

export interface HttpEvidence {
  readonly method: string
  /** As received, with version and query */
  readonly uri: string
  /** Credentials are removed */
  readonly headers: Readonly<Record<string, string>>
  /** JSON bodies only; a body over the limit is denied, never left out */
  readonly body?: Uint8Array | undefined
  readonly certificates?: readonly string[] | undefined
}

export interface AuthorizeRequest {
  readonly principal: Principal
  readonly operation: Operation
  readonly http?: HttpEvidence | undefined
}

export interface AuthorizeResponse {
  readonly allow: boolean
  /** Told to the caller when denied */
  readonly message?: string | undefined
}

export interface AuthorizeResponseRequest {
  readonly principal: Principal
  readonly operation: Operation
  readonly http?: HttpEvidence | undefined
  readonly status: number
  /** Of the answer */
  readonly headers: Readonly<Record<string, string>>
  /** Of the answer */
  readonly body?: Uint8Array | undefined
}

export interface AuthorizeResponseResponse {
  readonly allow: boolean
  /** Told to the caller when denied */
  readonly message?: string | undefined
}

/** auth.authorize 0.1.0: What a caller may do. Several drivers are asked in order, and all must allow. */
export interface Driver {
  /** Decides on an operation before it is done. An error counts as a denial. The same question has the same answer, whatever was asked before or meanwhile, and the operation is left as it is. */
  authorize(request: AuthorizeRequest, call?: Call): Promise<AuthorizeResponse>

  /** Decides whether the caller may see the answer, for answers that are not streams. Errors: NOT_SUPPORTED. */
  authorizeResponse(request: AuthorizeResponseRequest, call?: Call): Promise<AuthorizeResponseResponse>
}
