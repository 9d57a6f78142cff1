import { codedError, type CodedError } from '@moby/contracts'

/** A request that cannot be read; the message goes to the client as it is. */
export function invalidRequest(message: string, cause?: unknown): CodedError {
  return codedError('API_REQUEST_INVALID', message, cause === undefined ? {} : { cause })
}

/** An operation or option of the Docker API that this engine does not offer. */
export function notImplemented(what: string, hint?: string): CodedError {
  return codedError(
    'API_NOT_IMPLEMENTED',
    `${what} is not supported by Moby Origin yet`,
    hint === undefined ? {} : { hint },
  )
}
