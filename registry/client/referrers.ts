import { codedError, hasCode } from '@moby/contracts'
import type { Access } from './auth/access.ts'
import type { Digest } from './digest.ts'
import { getManifest } from './manifests.ts'
import { parseObject, readPages } from './pages.ts'
import type { Session } from './session.ts'
import { nameOf, type Target } from './target.ts'

/** A manifest that refers to another by `subject`. */
export interface Referrer {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly artifactType?: string
  readonly annotations?: Readonly<Record<string, string>>
}

type InRepository = Target & { readonly repository: string }

/**
 * Manifests whose subject is `digest`: of the referrers API; where the registry has none, of the index under the tag
 * `sha256-<hex>`; none when there is neither. Source: distribution specification 1.1, listing referrers.
 */
export async function* listReferrers(
  session: Session,
  access: Access,
  target: InRepository,
  digest: Digest,
  artifactType: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Referrer, void, undefined> {
  const filter = artifactType === undefined ? '' : `?artifactType=${encodeURIComponent(artifactType)}`
  const path = `/v2/${target.repository}/referrers/${digest.text}${filter}`
  const found = await session
    .through(access, 'write', async (endpoint) => {
      const pages = readPages(session, endpoint, access, path, signal)
      return { pages, first: await pages.next() }
    })
    .catch((error: unknown) => {
      if (hasCode(error, 'REGISTRY_NOT_FOUND')) return undefined
      throw error
    })
  // The registry need not filter.
  const isWanted = (each: Referrer): boolean => artifactType === undefined || each.artifactType === artifactType
  if (found === undefined) {
    yield* (await fromTag(session, access, target, digest, signal)).filter(isWanted)
    return
  }
  for (let page = found.first; page.done !== true; page = await found.pages.next()) {
    yield* readIndex(page.value.fields, target).filter(isWanted)
  }
}

async function fromTag(
  session: Session,
  access: Access,
  target: InRepository,
  { algorithm, hex }: Digest,
  signal: AbortSignal,
): Promise<Referrer[]> {
  const tagged = { ...target, reference: `${algorithm}-${hex.slice(0, 64)}` }
  try {
    const { content } = await getManifest(session, { ...access, target: tagged }, tagged, signal)
    const fields = parseObject(content)
    if (fields === undefined) throw invalid(tagged)
    return readIndex(fields, tagged)
  } catch (error) {
    if (hasCode(error, 'REGISTRY_NOT_FOUND')) return []
    throw error
  }
}

function readIndex(fields: Readonly<Record<string, unknown>>, target: Target): Referrer[] {
  const { manifests } = fields
  if (!Array.isArray(manifests)) throw invalid(target)
  return manifests.map((each: unknown) => {
    const { mediaType, digest, size, artifactType, annotations } = (each ?? {}) as Record<string, unknown>
    if (typeof mediaType !== 'string' || typeof digest !== 'string' || !Number.isSafeInteger(size))
      throw invalid(target)
    return {
      mediaType,
      digest,
      size: size as number,
      ...(typeof artifactType === 'string' ? { artifactType } : {}),
      ...(annotations === undefined || annotations === null ? {} : { annotations: words(annotations) }),
    }
  })
}

function words(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value as object).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function invalid(target: Target): Error {
  return codedError('MANIFEST_INVALID', `${nameOf(target)}: the list of referrers is not an image index`, {
    hint: 'The registry does not list as the distribution specification has it.',
    details: { ...target },
  })
}
