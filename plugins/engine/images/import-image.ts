import type { Progress, RequestOf, engineImages } from '@moby/contracts'
import type { ImageConfig } from 'oci-spec-ts'
import { applyChanges } from './config-changes.ts'
import { decompress } from './decompress.ts'
import { canonicalName, parseReference, withDefaultTag } from './image-reference.ts'
import type { LoadParts } from './load-images.ts'

/** Makes an image of one layer from the archive of a root file system; its id is the one thing it tells. */
export async function* importImage(
  { layers, writer, storage, platform }: LoadParts,
  request: RequestOf<typeof engineImages, 'import'>,
  archive: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<Progress, void> {
  // What the user wrote is checked before anything is unpacked.
  const name =
    request.reference === undefined ? undefined : canonicalName(withDefaultTag(parseReference(request.reference)))
  const config = applyChanges({}, request.changes ?? [])
  const [os = platform.os, architecture = platform.architecture, variant] = request.platform?.split('/') ?? []
  const { diffId, size } = await layers.add(storage.driver, decompress(archive), signal)
  const created = new Date().toISOString()
  const document: ImageConfig = {
    architecture,
    os,
    ...(variant === undefined ? {} : { variant }),
    created,
    config,
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created, comment: request.message ?? 'Imported from -' }],
  }
  const id = await writer.add(Buffer.from(JSON.stringify(document)), document, [size], storage.name)
  if (name !== undefined) await writer.tag(id, name)
  yield { status: id }
}
