import { codedError, isCodedError, type CodedError, type ErrorCode, type ErrorKind } from '@moby/contracts'

/** Status codes of gRPC, which ttrpc shares, and the coded error that each becomes. */
const codes = new Map<number, ErrorCode>([
  [1, 'CANCELLED'],
  [3, 'RPC_INVALID'],
  [4, 'RPC_DEADLINE'],
  [5, 'RPC_NOT_FOUND'],
  [6, 'RPC_ALREADY_EXISTS'],
  [7, 'RPC_DENIED'],
  [8, 'RPC_EXHAUSTED'],
  [9, 'RPC_PRECONDITION'],
  [12, 'RPC_UNIMPLEMENTED'],
  [14, 'RPC_UNAVAILABLE'],
])

const numbers: Readonly<Record<ErrorKind, number>> = {
  invalid: 3,
  unauthorized: 16,
  denied: 7,
  'not-found': 5,
  conflict: 9,
  'too-large': 8,
  'rate-limited': 8,
  cancelled: 1,
  internal: 13,
  'not-implemented': 12,
  unavailable: 14,
  deadline: 4,
  exhausted: 8,
}

/** The error that a status of a response stands for; its text stays as the peer wrote it. */
export function errorOfStatus(status: { readonly code: number; readonly message: string }): CodedError {
  return codedError(codes.get(status.code) ?? 'RPC_FAILED', status.message, { details: { status: status.code } })
}

/** The status by which a server tells of an error. */
export function statusOfError(error: unknown): { readonly code: number; readonly message: string } {
  if (isCodedError(error)) {
    const number = error.code === 'RPC_ALREADY_EXISTS' ? 6 : (numbers[error.kind] ?? 2)
    return { code: number, message: error.message }
  }
  return { code: 2, message: error instanceof Error ? error.message : String(error) }
}
