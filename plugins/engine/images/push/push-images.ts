import { codedError, CodedError, hasCode, type engineImages, type Progress, type RequestOf } from '@moby/contracts'
import type { ImageContext } from '../image-context.ts'
import { parsePlatform } from '../platform.ts'
import { ProgressFeed } from '../progress-feed.ts'
import { quoteError } from '../pull/explain-error.ts'
import {
  familiarName,
  familiarReference,
  formatReference,
  parseReference,
  type Reference,
} from '@moby/contracts/reference'
import { Repository } from '../repository.ts'
import { pushName, type Push } from './push-name.ts'

type PushRequest = RequestOf<typeof engineImages, 'push'>

/**
 * Takes an image to the registry of its name, or every tag of a repository. It goes on as long as it is read. Errors:
 * those of the contract, in Docker's words.
 */
export async function* pushImages(
  context: ImageContext,
  request: PushRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<Progress, void> {
  const reference = parseReference(request.reference)
  if (request.platform !== undefined) parsePlatform(request.platform)
  const source = context.source()
  const feed = new ProgressFeed()
  const leaving = new AbortController()
  const ends = AbortSignal.any([leaving.signal, ...(signal === undefined ? [] : [signal])])
  const push: Push = {
    repository: new Repository(source, reference, request.credentials, ends),
    platform: request.platform,
    report: feed.report,
    signal: ends,
  }
  const work = pushAll(context, reference, push).then(
    () => feed.end(),
    (error: unknown) => feed.fail(ends.aborted ? givenUp(error) : quoteError(error)),
  )
  try {
    yield* feed
  } finally {
    leaving.abort(codedError('CANCELLED', 'The push was given up'))
    await work
  }
}

async function pushAll(context: ImageContext, reference: Reference, push: Push): Promise<void> {
  const { domain, path, tag, digest } = reference
  if (digest !== undefined) throw codedError('IMAGE_REFERENCE_INVALID', 'cannot push a digest reference')
  const repository = formatReference({ domain, path })
  push.report({ status: `The push refers to repository [${repository}]` })
  const prefix = `${repository}:`
  const all = context.images.values().flatMap(({ names }) => names.filter((name) => name.startsWith(prefix)))
  if (all.length === 0) {
    throw missing(`An image does not exist locally with the tag: ${familiarName(reference)}`)
  }
  const names = tag === undefined ? [...new Set(all)].toSorted() : [formatReference({ domain, path, tag })]
  for (const name of names) {
    if (!all.includes(name)) throw missing(`tag does not exist: ${familiarReference(reference)}`)
    await pushName(context, name, push)
  }
}

function missing(message: string): CodedError {
  return codedError('IMAGE_NOT_FOUND', message, { hint: 'List the images that are here with docker images.' })
}

function givenUp(error: unknown): unknown {
  return hasCode(error, 'CANCELLED') ? error : codedError('CANCELLED', 'The push was given up', { cause: error })
}
