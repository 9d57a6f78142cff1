import { codedError, hasCode } from '@moby/contracts'
import type { Access } from './auth/access.ts'
import { byteCount, drop, header, type Answer } from './answer/answer.ts'
import { answerError } from './answer/answer-error.ts'
import { readAnswer } from './answer/read-answer.ts'
import { digestOf, parseDigest } from './digest.ts'
import type { Endpoint } from './endpoint/endpoint.ts'
import type { Session } from './session.ts'
import { nameOf, type Target } from './target.ts'
import { backOff } from './transport/sender.ts'
import { pause } from './transport/with-signal.ts'

/** Bytes of the largest manifest: what the distribution specification has registries take at least. */
export const manifestLimit = 4 << 20
const mostAttempts = 4

export interface ManifestDescriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

export interface FetchedManifest extends ManifestDescriptor {
  readonly content: Uint8Array<ArrayBuffer>
  /** Host that answered. */
  readonly from: string
}

const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  '*/*;q=0.1',
].join(', ')

type Named = Target & { readonly repository: string; readonly reference: string }

/**
 * A manifest as the registry has it. Fails with CONTENT_MISMATCH when it was asked for by digest and is another one,
 * with MANIFEST_LIMIT beyond 4 MiB, and as requests do.
 */
export async function getManifest(
  session: Session,
  access: Access,
  target: Named,
  signal: AbortSignal,
): Promise<FetchedManifest> {
  return await session.through(access, 'read', async (endpoint) => {
    const { answer, content } = await read(session, endpoint, access, target, signal)
    if (content === undefined) {
      throw codedError('MANIFEST_LIMIT', `${nameOf(target)}: the manifest is larger than ${manifestLimit >> 20} MiB`, {
        hint: 'That is the most that manifests may have; data belongs in layers.',
        details: { ...target, host: endpoint.host },
      })
    }
    const wanted = target.reference.includes(':') ? parseDigest(target.reference) : undefined
    const digest = digestOf(content, wanted?.algorithm)
    if (wanted !== undefined && digest !== wanted.text) {
      throw codedError(
        'CONTENT_MISMATCH',
        `${nameOf(target)}: ${endpoint.host} sent a manifest with the digest ${digest}`,
        {
          hint: 'What stands between or the registry itself changed it. It was not taken.',
          details: { ...target, host: endpoint.host, digest },
        },
      )
    }
    return { mediaType: mediaTypeOf(answer), digest, size: content.length, content, from: endpoint.host }
  })
}

/** What a tag or digest names. Where the registry does not tell the digest, the manifest itself is fetched. */
export async function headManifest(
  session: Session,
  access: Access,
  target: Named,
  signal: AbortSignal,
): Promise<ManifestDescriptor> {
  const told = await session.through(access, 'read', async (endpoint) => {
    const answer = await ask(session, endpoint, access, target, 'HEAD', signal)
    await drop(answer)
    const size = byteCount(answer.headers, 'content-length')
    const digest = header(answer.headers, 'docker-content-digest')
    if (size === undefined || digest === undefined) return undefined
    const wanted = target.reference.includes(':') ? target.reference : digest
    if (parseTold(digest, target) !== wanted) throw otherDigest(target, endpoint, digest)
    return { mediaType: mediaTypeOf(answer), digest, size }
  })
  if (told !== undefined) return told
  const { mediaType, digest, size } = await getManifest(session, access, target, signal)
  return { mediaType, digest, size }
}

/** Stores a manifest; answers its digest. Fails with CONTENT_MISMATCH when it is put under a digest that is not its own. */
export async function putManifest(
  session: Session,
  access: Access,
  target: Named,
  { mediaType, content }: { readonly mediaType: string; readonly content: Uint8Array },
  signal: AbortSignal,
): Promise<string> {
  const wanted = target.reference.includes(':') ? parseDigest(target.reference) : undefined
  const digest = digestOf(content, wanted?.algorithm)
  if (wanted !== undefined && digest !== wanted.text) {
    throw codedError('CONTENT_MISMATCH', `${nameOf(target)}: the manifest has the digest ${digest}`, {
      details: { ...target },
    })
  }
  return await session.through(access, 'write', async (endpoint) => {
    const answer = await session.ask(
      endpoint,
      access,
      { method: 'PUT', to: pathOf(target), headers: { 'content-type': mediaType }, body: content },
      signal,
    )
    if (answer.status !== 201 && answer.status !== 200) throw await answerError(answer, target, endpoint)
    await drop(answer)
    const told = header(answer.headers, 'docker-content-digest')
    if (told !== undefined && told.startsWith('sha256:') && told !== digestOf(content))
      throw otherDigest(target, endpoint, told)
    return digest
  })
}

/** The bytes of a manifest, undefined beyond the limit. One that breaks off is asked for again, from the beginning. */
async function read(session: Session, endpoint: Endpoint, access: Access, target: Named, signal: AbortSignal) {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask(session, endpoint, access, target, 'GET', signal)
    const declared = byteCount(answer.headers, 'content-length')
    if (declared !== undefined && declared > manifestLimit) {
      await drop(answer)
      return { answer, content: undefined }
    }
    try {
      return { answer, content: await readAnswer(answer, target, manifestLimit) }
    } catch (error) {
      if (attempt >= mostAttempts || !hasCode(error, 'REGISTRY_UNREACHABLE')) throw error
      session.settings.log.debug('a manifest broke off and is asked for again', {
        manifest: nameOf(target),
        cause: error.message,
      })
      await pause(backOff(attempt), signal)
    }
  }
}

async function ask(
  session: Session,
  endpoint: Endpoint,
  access: Access,
  target: Named,
  method: 'GET' | 'HEAD',
  signal: AbortSignal,
): Promise<Answer> {
  const answer = await session.ask(
    endpoint,
    access,
    { method, to: pathOf(target, endpoint), headers: { accept } },
    signal,
  )
  if (answer.status !== 200) throw await answerError(answer, target, endpoint)
  return answer
}

function pathOf({ repository, reference, registry }: Named, endpoint?: Endpoint): string {
  // Tells a mirror of several registries which one is meant, as containerd does.
  const ns = endpoint?.isMirror === true ? `?ns=${encodeURIComponent(registry)}` : ''
  return `/v2/${repository}/manifests/${reference}${ns}`
}

function mediaTypeOf({ headers }: Answer): string {
  return (header(headers, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

function parseTold(digest: string, target: Target): string {
  try {
    return parseDigest(digest).text
  } catch (error) {
    throw codedError('REGISTRY_ANSWER_INVALID', `${nameOf(target)}: the registry tells a digest that is none`, {
      cause: error,
      details: { ...target },
    })
  }
}

function otherDigest(target: Target, endpoint: Endpoint, digest: string): Error {
  return codedError(
    'REGISTRY_ANSWER_INVALID',
    `${nameOf(target)}: ${endpoint.host} tells the digest ${digest.slice(0, 150)}`,
    {
      hint: 'The registry contradicts itself, or what stands before it changes content.',
      details: { ...target, host: endpoint.host },
    },
  )
}
