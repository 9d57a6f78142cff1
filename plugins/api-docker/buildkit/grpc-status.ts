import { isCodedError, type ErrorKind } from '@moby/contracts'
import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { GrpcFailure, grpcCodes } from './grpc-failure.ts'
import { RpcStatus } from './rpc-status.ts'

/** Status codes of gRPC that stand for the kinds of our errors; the rest is internal. */
const codes: Partial<Record<ErrorKind, number>> = {
  cancelled: 1,
  invalid: 3,
  'not-found': 5,
  conflict: 9,
  'not-implemented': 12,
  unavailable: 14,
}
/** Bytes of a message at most: it travels as a header, of which clients take 16 KiB in all. */
const longestMessage = 4096
const longestDetails = 8192

/** An error as google.rpc.Status: code, and message with its remedy. */
export function rpcStatusOf(error: unknown): RpcStatus {
  if (error instanceof GrpcFailure) return { code: error.code, message: error.message, details: [...error.details] }
  const message = error instanceof Error ? error.message : String(error)
  const hint = isCodedError(error) && error.hint !== undefined ? ` ${error.hint}` : ''
  const code = isCodedError(error) ? (codes[error.kind] ?? grpcCodes.internal) : grpcCodes.internal
  return { code, message: `${message}${hint}`, details: [] }
}

/** The same as the headers that end a call. */
export function statusHeaders(error: unknown): OutgoingHttpHeaders {
  const status = rpcStatusOf(error)
  const message = Buffer.from(status.message).subarray(0, longestMessage)
  const headers = { 'grpc-status': String(status.code), 'grpc-message': percentEncode(message) }
  if (status.details.length === 0) return headers
  const details = Buffer.from(RpcStatus.encode({ ...status, message: message.toString() }))
  return details.length > longestDetails
    ? headers
    : { ...headers, 'grpc-status-details-bin': details.toString('base64') }
}

/** Ends a call to which nothing was answered yet with the error. */
export function refuseCall(stream: ServerHttp2Stream, error: unknown): void {
  if (stream.destroyed || stream.closed) return
  if (stream.headersSent) {
    stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    return
  }
  const head = { ':status': 200, 'content-type': 'application/grpc', ...statusHeaders(error) }
  stream.respond(head, { endStream: true })
  // What the caller still sends is for nobody.
  stream.resume()
  if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR)
}

/** The protocol of gRPC over HTTP/2, Status-Message: printable ASCII but the percent sign stands for itself. */
function percentEncode(bytes: Uint8Array): string {
  let encoded = ''
  for (const byte of bytes) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25
    encoded += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}
