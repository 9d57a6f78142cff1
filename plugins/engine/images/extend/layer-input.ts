import { peek, type Peeked } from '@moby/lib-tar'

/** What the archive of nothing is: two blocks of zeros, the end mark alone. */
const emptyArchive = 1024

/** The archive of a layer, or undefined when it holds nothing: no bytes at all, or an end mark alone. */
export async function layerInput(input: AsyncIterable<Uint8Array>): Promise<Peeked['whole'] | undefined> {
  const { start, whole } = await peek(input, emptyArchive + 1)
  return start.length <= emptyArchive && start.every((byte) => byte === 0) ? undefined : whole
}
