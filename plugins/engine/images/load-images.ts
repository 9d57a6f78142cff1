import { codedError, type Implementation, type Progress, type storageLayers } from '@moby/contracts'
import { ArchiveFiles } from './archive-files.ts'
import { findArchivedImages, type ArchivedImage } from './archive-images.ts'
import { chainIds } from './chain-id.ts'
import type { ContentStore } from './content-store.ts'
import { decompress } from './decompress.ts'
import { familiarName, parseReference } from './image-reference.ts'
import { readImageConfig, type ImageWriter } from './image-writer.ts'
import type { LayerStore } from './layer-store.ts'

export interface LoadParts {
  readonly content: ContentStore
  readonly layers: LayerStore
  readonly writer: ImageWriter
  readonly storage: { readonly name: string; readonly driver: Implementation<typeof storageLayers> }
  readonly platform: { readonly os: string; readonly architecture: string }
}

/**
 * Reads the images of an archive (docker save or OCI layout, plain or compressed) and tells in Docker's words what it
 * does. An image is there once all of it is; an error leaves those before it.
 */
export async function* loadImages(
  parts: LoadParts,
  archive: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<Progress, void> {
  const scratch = await parts.content.makeScratch()
  try {
    const files = await ArchiveFiles.receive(decompress(archive), scratch.path)
    const images = await findArchivedImages(files, parts.platform)
    if (images.length === 0) {
      throw codedError(
        'IMAGE_INVALID',
        `The archive holds no image for ${parts.platform.os}/${parts.platform.architecture}.`,
      )
    }
    for (const image of images) yield* loadOne(parts, files, image, signal)
  } finally {
    await scratch.release()
  }
}

async function* loadOne(
  { layers, writer, storage }: LoadParts,
  files: ArchiveFiles,
  image: ArchivedImage,
  signal: AbortSignal | undefined,
): AsyncGenerator<Progress, void> {
  const config = await files.read(image.config)
  const document = readImageConfig(config)
  const diffIds = document.rootfs.diff_ids ?? []
  if (diffIds.length !== image.layers.length) {
    throw codedError(
      'IMAGE_INVALID',
      `invalid manifest, layers length mismatch: expected ${diffIds.length}, got ${image.layers.length}`,
    )
  }
  const chain = chainIds(diffIds)
  const sizes: string[] = []
  for (const [index, diffId] of diffIds.entries()) {
    const file = image.layers[index] ?? ''
    const layer = { chainId: chain[index] ?? diffId, parent: chain[index - 1], diffId }
    sizes.push(await layers.ensure(storage.driver, layer, () => decompress(files.stream(file)), signal))
    yield { status: 'Loading layer', id: diffId.slice(7, 19) }
  }
  const id = await writer.add(config, document, sizes, storage.name)
  for (const tag of image.tags) {
    const loser = await writer.tag(id, tag)
    const name = familiarName(parseReference(tag))
    if (loser !== undefined) {
      yield { stream: `The image ${name} already exists, renaming the old one with ID ${loser.id} to empty string\n` }
    }
    yield { stream: `Loaded image: ${name}\n` }
  }
  if (image.tags.length === 0) yield { stream: `Loaded image ID: ${id}\n` }
}
