import { invalidRequest } from './api-error.ts'

/** A number as it was written: what it may be depends on the field that it is for. */
export class Numeral {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/**
 * Reads JSON without loss: numbers stay as written, because a JavaScript number loses digits of 64-bit integers.
 * Fails with API_REQUEST_INVALID in Docker's words.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' ? new Numeral(context?.source ?? String(value)) : value,
    ) as unknown
  } catch (error) {
    if (error instanceof RangeError) throw invalidRequest('invalid JSON: exceeded max depth', error)
    const message = error instanceof Error ? error.message : String(error)
    if (message.includes('after JSON')) throw invalidRequest('unexpected content after JSON', error)
    throw invalidRequest(`invalid JSON: ${message}`, error)
  }
}
