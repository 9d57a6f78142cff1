import type { Dispatcher } from 'undici'

/** Headers by lower-case name; a repeated one as list. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>

/** The head of an answer. Its body must be read or dropped, or the connection is not used again. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Dispatcher.ResponseData['body']
  /** Where it came from, after redirects. */
  readonly url: URL
  /** Milliseconds that its body may stand still. */
  readonly stallMs: number
}

/** One value of a header. */
export function header(headers: Headers, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** All values of a header. */
export function headerValues(headers: Headers, name: string): readonly string[] {
  const value = headers[name]
  return value === undefined ? [] : Array.isArray(value) ? value : [value]
}

/** A header that is a number of bytes; undefined when it is absent or none. */
export function byteCount(headers: Headers, name: string): number | undefined {
  const value = header(headers, name)
  if (value === undefined || !/^\d{1,16}$/.test(value)) return undefined
  const count = Number(value)
  return Number.isSafeInteger(count) ? count : undefined
}

/** Lets an answer go that nobody reads. */
export async function drop(answer: Answer): Promise<void> {
  // Small ones are read, so that the connection is kept; one that does not come is given up with it.
  const signal = AbortSignal.timeout(answer.stallMs)
  await answer.body.dump({ limit: 65_536, signal }).catch(() => undefined)
}
