import { isCodedError, type ErrorKind } from '@moby/contracts'
import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2'

/** Status codes of gRPC that stand for the kinds of our errors; the rest is internal. */
const codes: Partial<Record<ErrorKind, number>> = {
  cancelled: 1,
  invalid: 3,
  'not-found': 5,
  conflict: 9,
  'not-implemented': 12,
  unavailable: 14,
}
const internal = 13

/** An error as the status of a call: code, and message with its remedy. */
function grpcStatusOf(error: unknown): OutgoingHttpHeaders {
  const message = error instanceof Error ? error.message : String(error)
  const hint = isCodedError(error) && error.hint !== undefined ? ` ${error.hint}` : ''
  const code = isCodedError(error) ? (codes[error.kind] ?? internal) : internal
  return { 'grpc-status': String(code), 'grpc-message': percentEncode(`${message}${hint}`) }
}

/** Ends a call to which nothing was answered yet with the error. */
export function refuseCall(stream: ServerHttp2Stream, error: unknown): void {
  if (stream.destroyed || stream.closed) return
  if (stream.headersSent) {
    stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    return
  }
  const head = { ':status': 200, 'content-type': 'application/grpc', ...grpcStatusOf(error) }
  stream.respond(head, { endStream: true })
  // What the caller still sends is for nobody.
  stream.resume()
  if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR)
}

/** The protocol of gRPC over HTTP/2, Status-Message: printable ASCII but the percent sign stands for itself. */
function percentEncode(text: string): string {
  const bytes = Buffer.from(text)
  let encoded = ''
  for (const byte of bytes) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25
    encoded += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}
