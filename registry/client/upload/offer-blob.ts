import type { RegistryCredentials } from '@moby/contracts'
import { drop } from '../answer/answer.ts'
import { answerError } from '../answer/answer-error.ts'
import { pullScope, pushScope, type Access, type RepositoryKind } from '../auth/access.ts'
import type { Digest } from '../digest.ts'
import type { Endpoint } from '../endpoint/endpoint.ts'
import type { Session } from '../session.ts'
import type { Target } from '../target.ts'
import { cancelUpload, locationOf } from './upload-session.ts'

type InRepository = Target & { readonly repository: string }

const mostSources = 3

/** Whether a blob is in a repository now, and from where it was mounted if it was not before. */
export async function offerBlob(
  session: Session,
  target: InRepository,
  {
    credentials = {},
    kind,
  }: { readonly credentials?: RegistryCredentials | undefined; readonly kind?: RepositoryKind | undefined },
  digest: Digest,
  sources: readonly string[],
  signal: AbortSignal,
): Promise<{ present: boolean; mountedFrom?: string }> {
  const access: Access = { target, credentials, scopes: [pushScope(target.repository, kind)] }
  return await session.through(access, 'write', async (endpoint) => {
    const path = `/v2/${target.repository}/blobs/${digest.text}`
    const answer = await session.ask(endpoint, access, { method: 'HEAD', to: path }, signal)
    if (answer.status === 200) {
      await drop(answer)
      return { present: true }
    }
    if (answer.status !== 404) throw await answerError(answer, target, endpoint)
    await drop(answer)
    for (const from of sources.filter((each) => each !== target.repository).slice(0, mostSources)) {
      if (
        await mount(
          session,
          endpoint,
          { ...access, scopes: [...access.scopes, pullScope(from, kind)] },
          target,
          digest,
          from,
          signal,
        )
      ) {
        return { present: true, mountedFrom: from }
      }
    }
    return { present: false }
  })
}

/** True when the registry mounted it. Whatever else it answers, the blob can still be uploaded. */
async function mount(
  session: Session,
  endpoint: Endpoint,
  access: Access,
  target: InRepository,
  digest: Digest,
  from: string,
  signal: AbortSignal,
): Promise<boolean> {
  const query = new URLSearchParams({ mount: digest.text, from })
  const to = `/v2/${target.repository}/blobs/uploads/?${query}`
  const answer = await session.ask(endpoint, access, { method: 'POST', to, headers: { 'content-length': '0' } }, signal)
  await drop(answer)
  // Instead of mounting, a registry may begin an upload: not needed, the blob may be mountable from elsewhere.
  if (answer.status === 202) cancelUpload(session, endpoint, access, locationOf(answer, answer.url, endpoint, target))
  return answer.status === 201
}
