import { codedError } from '@moby/contracts'
import { hashOf } from '../digest.ts'
import type { Session } from '../session.ts'
import { nameOf } from '../target.ts'
import type { BlobRequest } from './blob-request.ts'
import { readAhead } from './read-ahead.ts'

/**
 * A blob from `offset` on. Read from the start it is checked against its digest, unless the caller does that. Fails
 * with CONTENT_MISMATCH at its end when it is another one, or of another size.
 */
export async function* readBlob(
  session: Session,
  request: BlobRequest,
  { offset, isUnchecked }: { readonly offset: number; readonly isUnchecked: boolean },
): AsyncGenerator<Uint8Array, void, undefined> {
  if (isUnchecked || offset > 0) {
    yield* readAhead(session, request, offset)
    return
  }
  const hash = hashOf(request.digest)
  for await (const chunk of readAhead(session, request, offset)) {
    hash.update(chunk)
    yield chunk
  }
  const found = `${request.digest.algorithm}:${hash.digest('hex')}`
  if (found !== request.digest.text) {
    throw codedError('CONTENT_MISMATCH', `${nameOf(request.target)}: what came has the digest ${found}`, {
      hint: 'What stands between or the registry itself changed it. It must not be used.',
      details: { ...request.target, digest: found },
    })
  }
}
