import { setTimeout as sleep } from 'node:timers/promises'
import { isCodedError } from '@moby/contracts'
import { compressionOfLayer, type Descriptor } from 'oci-spec-ts'
import type { ImageContext } from '../image-context.ts'
import { shortId, type ImageRecord } from '../image-record.ts'
import { parseReference } from '@moby/contracts/reference'
import type { Push } from './push-name.ts'

/** A registry is asked for a mount from so many repositories at most. */
const mostSources = 3
/** Times that a registry may lose an upload. */
const mostRestarts = 3
/** Milliseconds before an upload is begun again, doubled each time. */
const firstPause = 250

export interface BlobPush extends Push {
  readonly domain: string
  readonly path: string
  readonly records: readonly ImageRecord[]
}

/**
 * Brings blobs into a repository that are not there: mounted from another of the same registry, or uploaded. What one of
 * them fails by ends the others.
 */
export async function pushBlobs(context: ImageContext, blobs: readonly Descriptor[], push: BlobPush): Promise<void> {
  const failing = new AbortController()
  const signal = AbortSignal.any([push.signal, failing.signal])
  const names = progressNames(push.records)
  const jobs = blobs.map((blob) => {
    const isLayer = compressionOfLayer(blob.mediaType) !== undefined
    const id = shortId(names.get(blob.digest) ?? blob.digest)
    // Docker tells of layers only.
    return { blob, report: (item: object) => (isLayer ? push.report({ ...item, id }) : undefined) }
  })
  for (const { report } of jobs.toReversed()) report({ status: 'Preparing' })
  const { uploads } = context.transfers
  const work = jobs.toReversed().map(async ({ blob, report }) => {
    if (uploads.isFull) report({ status: 'Waiting' })
    await uploads.run(
      async () => report({ status: await pushBlob(context, blob, { ...push, signal }, report) }),
      signal,
    )
  })
  try {
    await Promise.all(work)
  } catch (error) {
    failing.abort(error)
    await Promise.allSettled(work)
    throw error
  }
}

/** Answers in Docker's words how it came there. */
async function pushBlob(
  context: ImageContext,
  blob: Descriptor,
  push: BlobPush,
  report: (item: object) => void,
): Promise<string> {
  const { repository, signal } = push
  const offer = await repository.offer(blob.digest, sourcesOf(context, blob.digest, push), signal)
  if (offer.mountedFrom !== undefined) return `Mounted from ${offer.mountedFrom}`
  if (offer.present) return 'Layer already exists'
  for (let tries = 1; ; tries += 1) {
    try {
      await repository.upload(blob, counted(context.content.read(blob.digest), blob.size, report), signal)
      return 'Pushed'
    } catch (error) {
      // All else that may pass the source has tried again already.
      const isLost = isCodedError(error) && error.details?.['restart'] === true
      if (!isLost || tries > mostRestarts || signal.aborted) throw error
      await sleep(firstPause * 2 ** (tries - 1), undefined, { signal })
    }
  }
}

async function* counted(
  input: AsyncIterable<Uint8Array>,
  total: number,
  report: (item: object) => void,
): AsyncGenerator<Uint8Array, void> {
  let current = 0
  for await (const chunk of input) {
    yield chunk
    current += chunk.length
    report({ status: 'Pushing', current, total })
  }
}

/** Repositories of the registry that images here with this blob were pulled from or pushed to. */
function sourcesOf({ images }: ImageContext, digest: string, { domain, path }: BlobPush): string[] {
  const found = new Set<string>()
  for (const record of images.values()) {
    if (record.id !== digest && !record.layers.some(({ blob }) => blob.digest === digest)) continue
    for (const each of record.digests ?? []) {
      const reference = parseReference(each)
      if (reference.domain === domain && reference.path !== path) found.add(reference.path)
    }
    if (found.size >= mostSources) break
  }
  return [...found].slice(0, mostSources)
}

/** Docker calls a layer that is pushed by its diffID. */
function progressNames(records: readonly ImageRecord[]): Map<string, string> {
  return new Map(records.flatMap(({ layers }) => layers.map(({ blob, diffId }) => [blob.digest, diffId])))
}
