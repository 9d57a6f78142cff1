import { compressionOf, signatureLength, type Compression } from '@moby/lib-tar'
import { readSpooled, readStart } from '../content-store.ts'
import type { ImageContext } from '../image-context.ts'
import type { ReceivedFile } from './received-file.ts'

/** How a layer of an archive is compressed, and its bytes as they came. Fails with NOT_SUPPORTED for other compressions. */
export async function openReceived(
  content: ImageContext['content'],
  file: ReceivedFile,
): Promise<{ readonly compression: Compression; open(): AsyncIterable<Uint8Array> }> {
  const open = () => (file.isStored === true ? content.read(file.digest) : readSpooled(file))
  const start = file.isStored === true ? await firstOf(open()) : await readStart(file, signatureLength)
  return { compression: compressionOf(start), open }
}

async function firstOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  for await (const chunk of chunks) return chunk
  return new Uint8Array(0)
}
