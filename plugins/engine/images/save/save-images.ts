import { randomBytes } from 'node:crypto'
import type { engineImages, RequestOf } from '@moby/contracts'
import type { ImageContext } from '../image-context.ts'
import { chooseImages, type ChosenImage } from './choose-images.ts'
import { planArchive } from './plan-archive.ts'
import { writeArchive } from './write-archive.ts'

/**
 * Images as one archive, streamed from the content store without a file in between. Errors: IMAGE_NOT_FOUND,
 * IMAGE_AMBIGUOUS, IMAGE_REFERENCE_INVALID, PLATFORM_NOT_FOUND, CONTENT_NOT_FOUND, CONTENT_MISMATCH.
 */
export async function* saveImages(
  { images, content, leases }: ImageContext,
  { refs, platforms }: RequestOf<typeof engineImages, 'save'>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const chosen = chooseImages(images, refs, platforms)
  const lease = leases.open(`save-${randomBytes(8).toString('hex')}`, { digests: chosen.flatMap(digestsOf) })
  try {
    const entries = await planArchive({ content, lease }, chosen, platforms === undefined || platforms.length === 0)
    yield* writeArchive(content, entries, signal)
  } finally {
    lease.release()
  }
  for (const { record } of chosen) images.publish(record, 'save', record.id)
}

function digestsOf({ record: { id, layers, manifests = [] } }: ChosenImage): string[] {
  return [id, ...layers.map(({ blob }) => blob.digest), ...manifests.map(({ digest }) => digest)]
}
