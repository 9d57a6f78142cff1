import { join } from 'node:path'
import { mediaTypes } from 'oci-spec-ts'
import { chainIds } from '../chain-id.ts'
import { checkLayerCount } from '../check-layer-count.ts'
import type { SpooledFile } from '../content-store.ts'
import type { ImageContext } from '../image-context.ts'
import type { LayerRecord } from '../image-record.ts'
import { keepCopy } from './keep-copy.ts'
import { layerInput } from './layer-input.ts'

export interface NewLayer {
  readonly layer: LayerRecord
  /** Its archive, to be taken over by the content store. */
  readonly file: SpooledFile
}

export interface LayerRequest {
  readonly driver: string
  /** diffIDs of the layers that it stands on. */
  readonly below: readonly string[]
  /** Where the archive is kept until it becomes a blob. */
  readonly folder: string
  readonly signal?: AbortSignal | undefined
  /** Called with the chainID before the layer appears, so that it can be leased. */
  readonly onName: (chainId: string) => void
}

/**
 * Unpacks an uncompressed archive as it comes into a new layer, and keeps it beside. Undefined when it holds nothing.
 * Errors: ARCHIVE_*, SNAPSHOT_TOO_DEEP, STORAGE_FULL.
 */
export async function receiveLayer(
  { layers }: Pick<ImageContext, 'layers'>,
  archiveInput: AsyncIterable<Uint8Array>,
  request: LayerRequest,
): Promise<NewLayer | undefined> {
  const archive = await layerInput(archiveInput)
  if (archive === undefined) return undefined
  try {
    await checkLayerCount(layers, request.driver, request.below.length + 1, 'The new image')
  } catch (error) {
    await archive.return?.()
    throw error
  }
  const path = join(request.folder, 'layer')
  let named = { diffId: '', chainId: '' }
  const parent = chainIds(request.below).at(-1)
  const copied = keepCopy(archive, path)
  const nameOf = (diffId: string) => {
    const chainId = chainIds([...request.below, diffId]).at(-1) ?? diffId
    named = { diffId, chainId }
    request.onName(chainId)
    return chainId
  }
  // A copy that nobody began to read does not end what it would be of.
  const unpacked = layers.unpackNew(request.driver, parent, copied, request.signal, nameOf)
  const { size, input: blob } = await unpacked.finally(() => archive.return?.())
  return { layer: { ...named, size, blob: { ...blob, mediaType: mediaTypes.layer } }, file: { path, ...blob } }
}
