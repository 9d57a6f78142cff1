import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { codedError, type engineImages, type RequestOf, type ResponseOf } from '@moby/contracts'
import type { ExecutionConfig } from 'oci-spec-ts'
import { platformOrHost } from '../host-platform.ts'
import { readImageConfig } from '../image-config-file.ts'
import type { ImageContext } from '../image-context.ts'
import { bootId } from '../lease-store.ts'
import { writeConfig } from '../load/load-image.ts'
import { formatReference, parseReference, withDefaultTag } from '@moby/contracts/reference'
import { childDocument } from './child-document.ts'
import { receiveLayer } from './receive-layer.ts'

type ExtendRequest = RequestOf<typeof engineImages, 'extend'>

/**
 * Makes an image out of another or out of nothing. It appears when all of it is there; a failure leaves nothing.
 * Errors: IMAGE_NOT_FOUND, IMAGE_REFERENCE_INVALID, IMAGE_INVALID, NOT_SUPPORTED for another operating system than
 * Linux, ARCHIVE_*, SNAPSHOT_TOO_DEEP, STORAGE_FULL.
 */
export async function extendImage(
  context: ImageContext,
  request: ExtendRequest,
  input: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<ResponseOf<typeof engineImages, 'extend'>> {
  const names = (request.names ?? []).map(readNewName)
  const platform = platformOrHost(request.platform)
  const base = request.base === undefined ? undefined : context.images.find(request.base, request.platform)
  const driver = base?.storage ?? context.layers.driver
  const below = base?.layers ?? []
  // The base may be removed meanwhile; what the new image needs of it stays.
  const lease = context.leases.open(`extend-${randomBytes(8).toString('hex')}`, {
    digests: below.map(({ blob }) => blob.digest),
  })
  const releases = [() => lease.release(), context.layers.lease(below.map(({ chainId }) => chainId))]
  let folder: string | undefined
  let mayLeave = false
  try {
    folder = await context.content.makeSpool()
    const added = await receiveLayer(context, input, {
      driver,
      below: below.map(({ diffId }) => diffId),
      folder,
      signal,
      onName: (chainId) => {
        releases.push(context.layers.lease([chainId]))
        mayLeave = true
      },
    })
    const document = childDocument({
      base: base?.document,
      config: request.config as ExecutionConfig | undefined,
      platform,
      diffId: added?.layer.diffId,
      created: request.createdAt ?? context.now(),
      author: request.author,
      comment: request.comment,
      createdBy: request.createdBy,
    })
    const config = readImageConfig(Buffer.from(JSON.stringify(document)), 'of the new image')
    const path = folder
    await context.alone(async () => {
      await context.content.adopt(await writeConfig(path, config))
      if (added !== undefined) await context.content.adopt(added.file)
      const known = context.images.get(config.id)
      const record = known ?? {
        id: config.id,
        names: [],
        document: config.document,
        layers: [...below, ...(added === undefined ? [] : [added.layer])],
        storage: driver,
        ...(base === undefined ? {} : { parent: base.id }),
      }
      await context.images.put(record, names, request.passing === true ? { boot: bootId() } : {})
    })
    mayLeave = false
    const record = context.images.get(config.id)
    if (record !== undefined) {
      context.images.publish(record, 'create', record.id)
      for (const name of names) context.images.publishTag(record, name)
    }
    return { id: config.id, ...(added === undefined ? {} : { layer: added.layer.diffId }) }
  } finally {
    for (const release of releases) release()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    if (mayLeave) await context.alone(context.sweep)
  }
}

/** A name for a new image, complete. Fails with IMAGE_REFERENCE_INVALID, also for one with a digest. */
export function readNewName(text: string): string {
  const reference = withDefaultTag(parseReference(text))
  if (reference.digest === undefined) return formatReference(reference)
  throw codedError('IMAGE_REFERENCE_INVALID', 'refusing to create a tag with a digest reference', {
    details: { reference: text },
  })
}
