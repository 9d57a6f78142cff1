import type { MessagePort } from 'node:worker_threads'
import type { ApplyRequest, Applied } from '../apply/apply-layer.ts'
import type { SettleRequest } from '../apply/settle-layer.ts'
import type { MountView, ViewRequest } from '@moby/lib-linux/mount-view'
import type { ExtractRequest } from '../copy/archive-extraction.ts'
import type { PathRequest } from '../copy/path-changes.ts'
import type { TreeSize } from '../tree/measure-tree.ts'

/** A tree and what it is compared with: `overlay` for the upper folder of one, `plain` for a copy of its base. */
export interface TreeComparison {
  readonly form: 'overlay' | 'plain'
  readonly root: string
  readonly base?: string | undefined
  /** Relative paths that are left out as far as they were added, see `leaveOut`. */
  readonly without?: readonly string[] | undefined
  /** Names in the root, as byte strings: nothing else of it is told. */
  readonly only?: readonly string[] | undefined
}

/** One difference of trees, as the contracts name it. */
export interface PathChange {
  /** Absolute within the tree, `/etc/passwd`. */
  readonly path: string
  readonly kind: 'added' | 'modified' | 'deleted'
}

/** What a worker can do: the request of each job, and what it answers at its end. */
export interface Jobs {
  readonly apply: { readonly request: ApplyRequest; readonly result: Applied }
  readonly settle: { readonly request: SettleRequest; readonly result: undefined }
  readonly pack: { readonly request: TreeComparison; readonly result: undefined }
  readonly changes: { readonly request: TreeComparison; readonly result: undefined }
  readonly measure: { readonly request: TreeComparison; readonly result: TreeSize }
  readonly copy: { readonly request: { readonly from: string; readonly to: string }; readonly result: undefined }
  readonly view: { readonly request: ViewRequest; readonly result: MountView }
  readonly 'pack-path': { readonly request: PathRequest; readonly result: undefined }
  readonly extract: { readonly request: ExtractRequest; readonly result: undefined }
  readonly remove: { readonly request: { readonly paths: readonly string[] }; readonly result: undefined }
}

export type JobName = keyof Jobs

export type JobRequest = { readonly [K in JobName]: { readonly job: K; readonly request: Jobs[K]['request'] } }[JobName]

/** A coded error in the form that passes between threads. */
export interface SentError {
  readonly code: string | undefined
  readonly message: string
  readonly hint: string | undefined
  readonly details: Readonly<Record<string, unknown>> | undefined
}

/** To a thread: a job, and where it is talked with. `stopped` is shared memory: not 0 means that it is to end. */
export interface StartJob {
  readonly start: JobRequest
  readonly stopped: Int32Array<SharedArrayBuffer>
  readonly port: MessagePort
}

/** To a job. */
export type ToJob =
  /** Input; the buffer comes back with a credit. */
  | { readonly input: ArrayBuffer; readonly length: number }
  | { readonly endOfInput: true }
  /** Room for one more piece of output. */
  | { readonly credit: true }

/** From a job. */
export type FromWorker =
  | { readonly credit: ArrayBuffer }
  | { readonly output: Uint8Array<ArrayBuffer> | readonly PathChange[] }
  | { readonly result: unknown }
  | { readonly error: SentError }
