import { endMark, paddingOf, writeHeader } from '@moby/lib-tar'
import type { ReceivedFile } from './receive-files.ts'

/** What has gone through so far. */
export interface Transfer {
  bytes: number
}

const pieceBytes = 256 * 1024

/** Files as a tar archive, in pieces of some size. Counts into `transfer`. */
export async function* archiveOfFiles(
  files: AsyncIterable<ReceivedFile>,
  transfer: Transfer,
): AsyncGenerator<Uint8Array, void> {
  let parts: Uint8Array[] = []
  let length = 0
  const add = (part: Uint8Array) => {
    parts.push(part)
    length += part.length
    transfer.bytes += part.length
  }
  const taken = () => {
    const whole = Buffer.concat(parts)
    parts = []
    length = 0
    return whole
  }
  for await (const { entry, content } of files) {
    add(writeHeader(entry))
    for await (const piece of content) {
      add(piece)
      if (length >= pieceBytes) yield taken()
    }
    add(new Uint8Array(paddingOf(entry.size)))
    if (length >= pieceBytes) yield taken()
  }
  add(endMark)
  yield taken()
}
