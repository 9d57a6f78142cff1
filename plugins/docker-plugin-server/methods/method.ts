import type { Readable } from 'node:stream'
import type { Reader } from '@moby/lib-docker-plugin-protocol'

/** One method of a protocol as it is served: how its request is read, and what answers it. */
export interface ServedMethod {
  readonly read: Reader<unknown>
  answer(request: unknown, signal: AbortSignal): Promise<object | Readable>
}

export type ServedMethods = Readonly<Record<string, ServedMethod>>

/** Ties a reader to the function that takes what it reads. */
export function method<T>(
  read: Reader<T>,
  answer: (request: T, signal: AbortSignal) => Promise<object | Readable>,
): ServedMethod {
  return { read, answer: (request, signal) => answer(request as T, signal) }
}
