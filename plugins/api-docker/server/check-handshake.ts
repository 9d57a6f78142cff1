import type { IncomingHttpHeaders } from 'node:http'
import { invalidRequest } from '../wire/api-error.ts'

/** Docker's word for a request that asks for no WebSocket. */
export const notWebSocket = 'not websocket protocol'

/**
 * Refuses a request that does not open a WebSocket (RFC 6455, section 4.2.1). Nothing is asked of its origin, as with
 * dockerd: who may connect to the socket may do anything. Fails with API_REQUEST_INVALID in Docker's words.
 */
export function checkHandshake(headers: IncomingHttpHeaders): void {
  const { upgrade = '', connection = '' } = headers
  if (upgrade.toLowerCase() !== 'websocket' || !connection.toLowerCase().includes('upgrade')) {
    throw invalidRequest(notWebSocket)
  }
  // Sixteen bytes in base64.
  if (!/^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '')) {
    throw invalidRequest('mismatch challenge/response')
  }
  if (headers['sec-websocket-version'] !== '13') throw invalidRequest('missing or bad WebSocket Version')
}
