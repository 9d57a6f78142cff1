// Written from the contract by `npm run docs`; not to be edited.

import type { Call } from '../component.ts'

export interface InfoResponse {
  readonly schemaVersion: number
  /** Newest */
  readonly revision: string
}

export interface GetRequest {
  /** Segments joined by slashes: containers/0123 */
  readonly key: string
}

export interface Entry {
  /** Segments joined by slashes: containers/0123 */
  readonly key: string
  /** JSON */
  readonly value: unknown
  /** Revision of the store when it was written last */
  readonly revision: string
}

export interface GetResponse {
  readonly entry?: Entry | undefined
}

export interface ListRequest {
  readonly prefix: string
  /** Segments joined by slashes: containers/0123 */
  readonly after?: string | undefined
  readonly limit?: number | undefined
}

export interface ListResponse {
  readonly entries: readonly Entry[]
  /** Revision that the list shows */
  readonly revision: string
  readonly more: boolean
}

export interface CommitRequest {
  readonly changes: readonly unknown[]
  readonly durability: 'power-loss' | 'process'
}

export interface CommitResponse {
  /** Of this commit */
  readonly revision: string
}

export interface WatchRequest {
  readonly prefix: string
  /** Revision; absent: from now on */
  readonly after?: string | undefined
}

export interface WatchItem {
  /** Segments joined by slashes: containers/0123 */
  readonly key: string
  readonly value?: unknown | undefined
  readonly deleted: boolean
  /** Of the change */
  readonly revision: string
}

/** state.store 0.1.0: Where the engine keeps what must survive it. */
export interface Driver {
  /** Version of the stored schema and the newest revision. */
  info(request: Record<string, never>, call?: Call): Promise<InfoResponse>

  /** One key; `entry` is absent when it does not exist. Errors: STATE_CORRUPT. */
  get(request: GetRequest, call?: Call): Promise<GetResponse>

  /** Keys that begin with the prefix, in the order of their UTF-8 bytes, at most `limit` after `after`. Errors: STATE_CORRUPT. */
  list(request: ListRequest, call?: Call): Promise<ListResponse>

  /** Applies changes together, in their order; to delete a key that does not exist is no error. `power-loss`: when it answers they survive a loss of power (commits of several callers share one flush); `process`: they survive the death of the process. Errors: STATE_CONFLICT, STATE_CORRUPT, STATE_FULL, STATE_WRITE_FAILED. */
  commit(request: CommitRequest, call?: Call): Promise<CommitResponse>

  /** Changes under a prefix after a revision, each once, in order. Deleted keys come without value. Errors: STATE_REVISION_GONE. */
  watch(request: WatchRequest, call?: Call): AsyncIterable<WatchItem>
}
