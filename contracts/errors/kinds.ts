/** What a coded error means to a caller, whatever its code: front-ends map kinds, not codes, to statuses. */
export const errorKinds = {
  invalid: 400,
  unauthorized: 401,
  denied: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  'rate-limited': 429,
  cancelled: 499,
  internal: 500,
  'not-implemented': 501,
  unavailable: 503,
  deadline: 504,
  exhausted: 507,
} as const

export type ErrorKind = keyof typeof errorKinds

/** One row of the error table. */
export interface ErrorEntry {
  readonly kind: ErrorKind
  /** One sentence for the reference: what happened. */
  readonly meaning: string
}
