import type { Static, TSchema } from 'typebox'

/** What flows in a stream: raw bytes, or records of a schema. */
export type StreamType = 'bytes' | TSchema

/**
 * One method of a contract, as data. Everything else (types, run-time checks, HTTP binding, docs)
 * is derived from it.
 */
export interface MethodDefinition {
  /** What the method does, in the words of the reference page. */
  readonly doc: string
  /** A JSON object. 64-bit integers are decimal strings (see `Int64`). */
  readonly request: TSchema
  /** A JSON object; ignored where `output` is given. */
  readonly response?: TSchema
  /** The caller streams this in beside the request. */
  readonly input?: StreamType
  /** The method answers with this stream instead of a response. */
  readonly output?: StreamType
  /** Codes that a caller must be ready for. Others may come, and mean a defect. */
  readonly errors: readonly string[]
  /** Milliseconds until the caller gives up; 0 for calls that may last (they can be cancelled). */
  readonly deadlineMs: number
  /** True when a second call with the same request has no further effect and the same answer. */
  readonly idempotent: boolean
  /** Bytes of the largest request, response or record as JSON; absent 16 MiB. */
  readonly maxBytes?: number
  /**
   * Bytes of the largest response as JSON, where that is less than `maxBytes`: what is said of one thing is short, and a
   * driver that answers without end is cut off before it costs anybody time.
   */
  readonly maxAnswerBytes?: number
}

/** `maxAnswerBytes` of methods that answer about one thing. */
export const shortAnswer = 1024 * 1024

/**
 * How a live replacement of a driver goes. `shared`: the old and the new life run beside each other for a moment, and
 * no call waits. `exclusive`: calls wait while the old life ends and the new one takes its state over.
 */
export type Overlap = 'shared' | 'exclusive'

/** A named, versioned interface between components. */
export interface ContractDefinition {
  /** Lower-case words joined by dots: `storage.volume`. */
  readonly id: string
  /** Semantic version of the contract; 0.x until the out-of-process work proves it. */
  readonly version: string
  readonly doc: string
  readonly overlap: Overlap
  /** Why, as one sentence of its reference page. Contracts of this package have it. */
  readonly overlapWhy?: string
  /** `driver`: many may provide it, chosen by name; `single`: exactly one per assembly. */
  readonly selection: 'driver' | 'single'
  readonly methods: Readonly<Record<string, MethodDefinition>>
}

/** Fixes a contract's literal types. */
export function defineContract<const C extends ContractDefinition>(contract: C): C {
  return contract
}

/** What a caller may hand over with every call. */
export interface CallOptions {
  /** Aborting it cancels the call; the method then fails with CANCELLED. */
  readonly signal?: AbortSignal | undefined
  /** Correlation id, the same at every process that the work passes; absent: the caller has none, and one is made. */
  readonly id?: string | undefined
}

type Item<S> = S extends 'bytes' ? Uint8Array : S extends TSchema ? Static<S> : never
type Request<M> = M extends { readonly request: infer R extends TSchema } ? Static<R> : never
type Answer<M> = M extends { readonly output: infer O }
  ? AsyncIterable<Item<O>>
  : M extends { readonly response: infer R extends TSchema }
    ? Promise<Static<R>>
    : Promise<void>

/** The TypeScript form of one method. Streams fail through their iterator. */
export type MethodFunction<M extends MethodDefinition> = M extends { readonly input: infer I }
  ? (request: Request<M>, input: AsyncIterable<Item<I>>, call?: CallOptions) => Answer<M>
  : (request: Request<M>, call?: CallOptions) => Answer<M>

/** The TypeScript form of a contract: what a driver implements and what a handle offers. */
export type Implementation<C extends ContractDefinition> = {
  readonly [K in keyof C['methods']]: MethodFunction<C['methods'][K]>
}

/** The request of a method: `RequestOf<typeof volume, 'create'>`. */
export type RequestOf<C extends ContractDefinition, K extends keyof C['methods']> = Static<C['methods'][K]['request']>

/** The response of a method that does not stream. */
export type ResponseOf<C extends ContractDefinition, K extends keyof C['methods']> = C['methods'][K] extends {
  readonly response: infer R extends TSchema
}
  ? Static<R>
  : void

/** One item of a method's output stream. */
export type ItemOf<C extends ContractDefinition, K extends keyof C['methods']> = C['methods'][K] extends {
  readonly output: infer O
}
  ? Item<O>
  : never
