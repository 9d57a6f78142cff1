import { decompress } from '@moby/lib-tar'
import { hashStream } from '../hash-stream.ts'
import type { ImageContext } from '../image-context.ts'
import { openReceived } from './open-received.ts'
import type { ReceivedFile } from './received-file.ts'

/** The diffID of a layer of an archive: it is known of what was unpacked as it came. Errors: ARCHIVE_*, NOT_SUPPORTED. */
export async function tellDiffId(content: ImageContext['content'], file: ReceivedFile): Promise<string> {
  if (file.loose !== undefined) return file.loose.diffId
  const { compression, open } = await openReceived(content, file)
  return compression === 'none' ? file.digest : await hashStream(decompress(open(), compression))
}
