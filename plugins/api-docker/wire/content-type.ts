import { invalidRequest } from './api-error.ts'

/** Refuses a body that does not say it is JSON; a request without body needs no type. */
export function checkJsonType(type: string | undefined, hasBody: boolean): void {
  if ((type === undefined || type === '') && !hasBody) return
  const written = type ?? ''
  const name = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(;.*)?$/.exec(written)?.[1]
  if (name === undefined) {
    const reason = written.trim() === '' ? 'no media type' : 'expected token after slash'
    throw invalidRequest(`malformed Content-Type header (${written}): mime: ${reason}`)
  }
  if (name.toLowerCase() !== 'application/json') {
    throw invalidRequest(`unsupported Content-Type header (${written}): must be 'application/json'`)
  }
}
