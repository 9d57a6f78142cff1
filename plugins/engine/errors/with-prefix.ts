import { codedError, isCodedError, type ErrorCode } from '@moby/contracts'

/** The same coded error with words in front of its message, as Docker's are chained; anything else as it is. */
export function withPrefix(error: unknown, prefix: string): unknown {
  if (!isCodedError(error)) return error
  const { code, kind, hint, details } = error
  return codedError(code as ErrorCode, `${prefix}: ${error.message}`, {
    cause: error,
    kind,
    ...(hint === undefined ? {} : { hint }),
    ...(details === undefined ? {} : { details }),
  })
}
