import type { IncomingMessage } from 'node:http'
import { invalidRequest } from '../wire/api-error.ts'

/**
 * Refuses a request whose head Node takes, but which two readers could read differently: one without a version (HTTP/0.9),
 * or one that names no host, or several (RFC 9112, section 3.2). Fails with API_REQUEST_INVALID.
 */
export function checkHead({ httpVersion, rawHeaders }: IncomingMessage): void {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') {
    throw invalidRequest(`HTTP/${httpVersion} is not served; use HTTP/1.1`)
  }
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) {
    throw invalidRequest(`the request must name one host, and names ${hosts}`)
  }
}
