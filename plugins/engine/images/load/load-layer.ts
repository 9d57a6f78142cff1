import { mediaTypes } from 'oci-spec-ts'
import { checkDiffId } from '../check-diff-id.ts'
import type { ImageContext } from '../image-context.ts'
import type { LayerRecord } from '../image-record.ts'
import type { LooseLayers } from './loose-layers.ts'
import { openReceived } from './open-received.ts'
import type { ReceivedFile } from './received-file.ts'
import { wrongDiffId } from '../wrong-diff-id.ts'

const layerTypes = { none: mediaTypes.layer, gzip: mediaTypes.layerGzip, zstd: mediaTypes.layerZstd } as const

export interface LayerPlace {
  readonly driver: string
  readonly chainId: string
  readonly parent: string | undefined
  readonly diffId: string
}

/**
 * Has a layer of an archive in its place: it is there, or was unpacked as it came, or is unpacked now. Errors:
 * IMAGE_INVALID for another diffID, ARCHIVE_*, STORAGE_FULL.
 */
export async function loadLayer(
  context: Pick<ImageContext, 'content' | 'images' | 'layers'>,
  file: ReceivedFile,
  place: LayerPlace,
  options: { readonly loose: LooseLayers | undefined; readonly signal: AbortSignal | undefined },
): Promise<LayerRecord> {
  const { driver, chainId, diffId } = place
  const { compression, open } = await openReceived(context.content, file)
  const blob = { digest: file.digest, mediaType: layerTypes[compression], size: file.size }
  const present = await context.layers.sizeOf(driver, chainId)
  if (present !== undefined) {
    if (file.loose === undefined) await checkDiffId(context.images, { digest: file.digest, diffId, compression, open })
    else if (file.loose.diffId !== diffId) throw wrongDiffId(diffId, file.loose.diffId)
    return { diffId, chainId, size: present, blob }
  }
  if (file.loose !== undefined && (await options.loose?.place(file.loose, place)) === true) {
    return { diffId, chainId, size: file.loose.size, blob }
  }
  const size = await context.layers.unpack(
    driver,
    { ...place, compression, isEmpty: file.size === 0, open },
    options.signal,
  )
  return { diffId, chainId, size, blob }
}
