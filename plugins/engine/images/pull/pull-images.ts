import { codedError, hasCode, type engineImages, type Progress, type RequestOf } from '@moby/contracts'
import type { ImageContext } from '../image-context.ts'
import type { ImageRecord } from '../image-record.ts'
import type { Lease } from '../lease-store.ts'
import { hostPlatform, parsePlatform } from '../platform.ts'
import { ProgressFeed } from '../progress-feed.ts'
import {
  familiarName,
  familiarReference,
  formatReference,
  parseReference,
  withDefaultTag,
  type Reference,
} from '@moby/contracts/reference'
import { Repository } from '../repository.ts'
import { explainError, isHopeless } from './explain-error.ts'
import { findManifest } from './find-manifest.ts'
import { pullImage } from './pull-image.ts'
import type { ManifestFile } from './read-manifest.ts'

type PullRequest = RequestOf<typeof engineImages, 'pull'>

/** A document that was not read yet. */
interface NamedManifest {
  readonly digest: string
  readonly mediaType?: string
  readonly content?: undefined
}

interface Pull {
  readonly request: PullRequest
  readonly repository: Repository
  readonly report: (item: Progress) => void
  readonly signal: AbortSignal
}

interface Pulled {
  /** Anything is different from before. */
  readonly isChanged: boolean
  readonly warning: string | undefined
}

/**
 * Brings an image from its registry, or every tag of a repository. It goes on as long as it is read; given up, it keeps
 * what it has brought for the next time, under a lease. Errors: those of the contract, in Docker's words.
 */
export async function* pullImages(
  context: ImageContext,
  request: PullRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<Progress, void> {
  const feed = new ProgressFeed()
  const leaving = new AbortController()
  const ends = AbortSignal.any([leaving.signal, ...(signal === undefined ? [] : [signal])])
  const work = pullAll(context, request, feed.report, ends).then(
    () => feed.end(),
    (error: unknown) => feed.fail(ends.aborted ? givenUp(error) : error),
  )
  try {
    yield* feed
  } finally {
    leaving.abort(codedError('CANCELLED', 'The pull was given up'))
    await work
  }
}

async function pullAll(
  context: ImageContext,
  request: PullRequest,
  report: (item: Progress) => void,
  signal: AbortSignal,
): Promise<void> {
  const named = parseReference(request.reference)
  if (request.platform !== undefined) parsePlatform(request.platform)
  const repository = new Repository(context.source(), named, request.credentials, signal)
  const pull = { request, repository, report, signal }
  if (request.allTags !== true) {
    const reference = withDefaultTag(named)
    const pulled = await explained(reference, () => pullReference(context, reference, pull))
    reportEnd(report, familiarReference(reference), [pulled])
    return
  }
  if (named.tag !== undefined || named.digest !== undefined) {
    throw codedError('IMAGE_REFERENCE_INVALID', "tag can't be used with --all-tags/-a")
  }
  const pulled: Pulled[] = []
  for (const tag of await explained(named, () => repository.tags())) {
    const reference = { ...named, tag }
    pulled.push(await explained(reference, () => pullReference(context, reference, pull)))
  }
  reportEnd(report, familiarName(named), pulled)
}

function reportEnd(report: (item: Progress) => void, name: string, pulled: readonly Pulled[]): void {
  const isNew = pulled.some(({ isChanged }) => isChanged)
  report({ status: `Status: ${isNew ? 'Downloaded newer image' : 'Image is up to date'} for ${name}` })
  for (const { warning } of pulled) if (warning !== undefined) report({ status: `WARNING: ${warning}` })
}

/** Pulls what one tag or digest names. */
async function pullReference(context: ImageContext, reference: Reference, pull: Pull): Promise<Pulled> {
  const { domain, path, tag, digest } = reference
  const { repository, report, signal, request } = pull
  const named = await resolveTop(context, reference, repository)
  const platform = request.platform === undefined ? undefined : parsePlatform(request.platform)
  // Content that is read from the store must not be swept meanwhile, so the lease begins before it is looked for.
  const lease = context.leases.open(`pull-${named.digest.replace('sha256:', '')}`, { digests: [named.digest] })
  try {
    const read = async () => (await stored(context, named.digest, named.mediaType)) ?? repository.manifest(named.digest)
    const top = named.content === undefined ? await read() : named
    const found = await findManifest(top, platform ?? hostPlatform(), async (entry) => {
      lease.hold({ digests: [entry.digest] })
      return (await stored(context, entry.digest, entry.mediaType)) ?? (await repository.manifest(entry.digest))
    })
    const shownAs = digest === undefined ? (tag ?? '') : formatReference({ domain, path, digest })
    report({ status: `Pulling from ${path}`, id: shownAs })
    const ref = familiarReference(reference)
    const onStep = (id: string, step: object) => report({ ...step, id })
    const pulled = await pullImage(context, { found, repository, platform, ref, report: onStep, signal }, lease)
    if (pulled.isNew || hasMore(pulled.record, context.images.get(pulled.record.id))) await context.content.flush()
    const isChanged = await record(context, pulled.record, reference, top.digest, lease)
    report({ status: `Digest: ${top.digest}` })
    return { isChanged, warning: pulled.warning }
  } catch (error) {
    if (isHopeless(error)) {
      await lease.end()
      await context.alone(context.sweep)
    }
    throw error
  } finally {
    lease.release()
  }
}

/**
 * Which document a tag or digest names. By tag, a registry is first asked for the digest when an image of that name is
 * here: what is unchanged need not be sent, and is not counted by registries that count. What the tag meant a moment ago
 * is what is brought, also when it moves meanwhile.
 */
async function resolveTop(
  context: ImageContext,
  { domain, path, tag, digest }: Reference,
  repository: Repository,
): Promise<ManifestFile | NamedManifest> {
  if (digest !== undefined) return { digest }
  const name = formatReference({ domain, path, ...(tag === undefined ? {} : { tag }) })
  if (tag === undefined || context.images.named(name).length === 0) return await repository.manifest(tag ?? 'latest')
  const { digest: current, mediaType } = await repository.head(tag)
  return { digest: current, mediaType }
}

/** A document that an image here has come by. */
async function stored(
  { content, images }: ImageContext,
  digest: string,
  mediaType: string | undefined,
): Promise<ManifestFile | undefined> {
  const known = images.values().flatMap(({ manifests = [] }) => manifests.filter((each) => each.digest === digest))
  const type = known[0]?.mediaType ?? mediaType
  if (type === undefined || known.length === 0 || !(await content.has(digest))) return undefined
  return { mediaType: type, digest, content: await content.document(digest) }
}

/** Writes the record with its new names, and ends the lease with it. Answers whether a name or the image is new. */
async function record(
  context: ImageContext,
  pulled: ImageRecord,
  reference: Reference,
  topDigest: string,
  lease: Lease,
): Promise<boolean> {
  const { domain, path, tag, digest } = reference
  const { images } = context
  const byDigest = formatReference({ domain, path, digest: topDigest })
  const names = tag === undefined || digest !== undefined ? [] : [formatReference({ domain, path, tag })]
  return await context.alone(async () => {
    const known = images.get(pulled.id)
    const isSame =
      known !== undefined &&
      names.every((name) => known.names.includes(name)) &&
      known.digests?.includes(byDigest) === true
    const manifests = new Map(
      [...(known?.manifests ?? []), ...(pulled.manifests ?? [])].map((each) => [each.digest, each]),
    )
    const next: ImageRecord = {
      ...pulled,
      names: known?.names ?? [],
      manifests: [...manifests.values()],
      digests: [...new Set([...(known?.digests ?? []), byDigest])],
      ...(known?.lastTaggedAt === undefined ? {} : { lastTaggedAt: known.lastTaggedAt }),
      ...(known?.parent === undefined ? {} : { parent: known.parent }),
    }
    await images.put(next, names, { also: lease.ending(), isFlushed: true })
    const id = familiarReference(reference)
    images.publish(next, 'pull', familiarName(reference), id)
    return !isSame
  })
}

/** True for an image that is not known, or not with all its manifests. */
function hasMore({ manifests = [] }: ImageRecord, known: ImageRecord | undefined): boolean {
  return (
    known === undefined || !manifests.every(({ digest }) => known.manifests?.some((each) => each.digest === digest))
  )
}

async function explained<T>(reference: Reference, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw explainError(error, reference)
  }
}

/** Whoever gave up learns that, not what broke by it. */
function givenUp(error: unknown): unknown {
  return hasCode(error, 'CANCELLED') ? error : codedError('CANCELLED', 'The pull was given up', { cause: error })
}
