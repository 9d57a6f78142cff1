import { decompress, type Compression } from '@moby/lib-tar'
import { hashStream } from './hash-stream.ts'
import type { ImageStore } from './image-store.ts'
import { wrongDiffId } from './wrong-diff-id.ts'

/** An archive of a layer that need not be unpacked, since the layer is there. */
export interface LayerArchive {
  readonly digest: string
  readonly diffId: string
  readonly compression: Compression
  open(): AsyncIterable<Uint8Array>
}

/**
 * Makes sure that an archive is that of its layer, so that it may stand for it in an image: what an image here says of
 * it was checked before. Errors: IMAGE_INVALID, ARCHIVE_*, those of the archive.
 */
export async function checkDiffId(images: Pick<ImageStore, 'values'>, archive: LayerArchive): Promise<void> {
  const { digest, diffId, compression } = archive
  const isKnown = ({ blob, ...layer }: { blob: { digest: string }; diffId: string }) =>
    blob.digest === digest && layer.diffId === diffId
  if (images.values().some(({ layers }) => layers.some(isKnown))) return
  const actual = compression === 'none' ? digest : await hashStream(decompress(archive.open(), compression))
  if (actual !== diffId) throw wrongDiffId(diffId, actual)
}
