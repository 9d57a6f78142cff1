import { codedError, type Progress } from '@moby/contracts'
import { mediaTypes, toOciMediaType, type Descriptor } from 'oci-spec-ts'
import type { ImageContext } from '../image-context.ts'
import type { ImageRecord } from '../image-record.ts'
import type { Lease } from '../lease-store.ts'
import { tellPlatform } from '../platform.ts'
import { familiarName, familiarReference, formatReference, parseReference } from '@moby/contracts/reference'
import type { Repository } from '../repository.ts'
import { findWhole, type WholeManifest } from '../save/find-manifest.ts'
import { makePushable } from './compress-layers.ts'
import { pushBlobs } from './push-blobs.ts'

export interface Push {
  readonly repository: Repository
  readonly platform: string | undefined
  readonly report: (item: Progress) => void
  readonly signal: AbortSignal
}

/**
 * Pushes what one name stands for: the index that it came by when all of that is here, else the manifest of one image.
 * Blobs go first, then manifests from the inside out, the tag last: nobody sees half an image.
 */
export async function pushName(context: ImageContext, name: string, push: Push): Promise<void> {
  const { content } = context
  const { repository, report, platform, signal } = push
  const { domain, path, tag = '' } = parseReference(name)
  const records = context.images.named(name)
  const first = context.images.find(name, platform)
  const lease = context.leases.open(`push-${first.id.replace('sha256:', '')}`, {})
  try {
    const whole = await chooseManifest(context, { name, first, lease, isOne: platform !== undefined, signal })
    const documents = whole.blobs.filter(isManifest)
    await pushBlobs(
      context,
      whole.blobs.filter((blob) => !isManifest(blob)),
      { ...push, domain, path, records },
    )
    // What an index names stands after it.
    for (const { mediaType, digest } of documents.slice(1).toReversed()) {
      await repository.putManifest(digest, { mediaType, digest, content: await content.document(digest) })
    }
    const { mediaType, digest, size } = whole.top
    const stored = await repository.putManifest(tag, { mediaType, digest, content: await content.document(digest) })
    if (stored !== digest) {
      throw codedError('CONTENT_MISMATCH', `The registry stored ${name} as ${stored}, not as ${digest}`, {
        details: { digest, stored },
      })
    }
    await remember(context, { records, first, whole, byDigest: formatReference({ domain, path, digest }) })
    report({ status: `${tag}: digest: ${digest} size: ${size}` })
    report({ aux: { Tag: tag, Digest: digest, Size: size } })
    const reference = parseReference(name)
    context.images.publish(first, 'push', familiarName(reference), familiarReference(reference))
  } finally {
    lease.release()
  }
}

interface Choice {
  readonly name: string
  readonly first: ImageRecord
  readonly lease: Lease
  /** True when one platform was asked for, so that no index will do. */
  readonly isOne: boolean
  readonly signal: AbortSignal
}

async function chooseManifest(context: ImageContext, choice: Choice): Promise<WholeManifest> {
  const { name, first, lease, isOne, signal } = choice
  const held = { content: context.content, lease }
  const whole = await findWhole(held, first, name, !isOne)
  // An index that the image came by under another name says more than the manifest that this one was pushed as.
  const wider = isOne || isIndex(whole) ? undefined : await findWhole(held, first, undefined, true)
  const chosen = isIndex(wider) ? wider : whole
  if (chosen !== undefined) return chosen
  for (const { blob } of first.layers) {
    if (await context.content.has(blob.digest)) continue
    throw codedError('CONTENT_NOT_FOUND', `The layer ${blob.digest} of ${name} is not in the store`, {
      hint: `Pull or load the image for ${tellPlatform(first.document)} again.`,
      details: { digest: blob.digest },
    })
  }
  const pushable = await makePushable(context, first.id, signal)
  const made = await findWhole(held, pushable, name, false)
  if (made !== undefined) return made
  throw codedError('CONTENT_NOT_FOUND', `What ${name} consists of is not complete in the store`, {
    hint: 'Pull or load the image again.',
  })
}

/** Every image that was pushed is known from now on as what it was pushed as. */
async function remember(
  { alone, images }: ImageContext,
  pushed: {
    readonly records: readonly ImageRecord[]
    readonly first: ImageRecord
    readonly whole: WholeManifest
    readonly byDigest: string
  },
): Promise<void> {
  const { records, first, whole, byDigest } = pushed
  const digests = new Set(whole.blobs.map(({ digest }) => digest))
  const ids = [first, ...records].map(({ id }) => id).filter((id) => id === first.id || digests.has(id))
  await alone(async () => {
    for (const id of new Set(ids)) {
      const record = images.get(id)
      if (record === undefined || record.digests?.includes(byDigest) === true) continue
      await images.update({ ...record, digests: [...(record.digests ?? []), byDigest] })
    }
  })
}

function isIndex(whole: WholeManifest | undefined): boolean {
  return whole !== undefined && toOciMediaType(whole.top.mediaType) === mediaTypes.index
}

function isManifest({ mediaType }: Descriptor): boolean {
  const type = toOciMediaType(mediaType)
  return type === mediaTypes.manifest || type === mediaTypes.index
}
