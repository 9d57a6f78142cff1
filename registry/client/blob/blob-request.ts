import type { Access } from '../auth/access.ts'
import type { Digest } from '../digest.ts'
import type { Target } from '../target.ts'

/** A blob that is to be read. */
export interface BlobRequest {
  readonly target: Target & { readonly repository: string; readonly reference: string }
  readonly access: Access
  readonly digest: Digest
  /** Bytes of the whole. */
  readonly size: number
  /** Addresses of a foreign layer. */
  readonly urls: readonly string[]
  readonly signal: AbortSignal
}
