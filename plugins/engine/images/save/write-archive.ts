import { codedError } from '@moby/contracts'
import { endMark, paddingOf, writeHeader, type TarEntry } from '@moby/lib-tar'
import type { ContentStore } from '../content-store.ts'
import type { ArchiveEntry } from './archive-entry.ts'

const folders = ['blobs/', 'blobs/sha256/']

/**
 * Writes files as a tar archive, as fast as it is taken. Everything in it is of 1970, so that equal files give equal
 * bytes. Errors: CONTENT_NOT_FOUND, CONTENT_MISMATCH for a blob of another size than its record says.
 */
export async function* writeArchive(
  content: ContentStore,
  entries: readonly ArchiveEntry[],
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  for (const name of folders) yield writeHeader(entryOf(name, 'directory', 0))
  for (const entry of entries) {
    signal?.throwIfAborted()
    const size = 'bytes' in entry ? entry.bytes.length : entry.size
    yield writeHeader(entryOf(entry.name, 'file', size))
    if ('bytes' in entry) yield entry.bytes
    else yield* exactly(content.read(entry.digest), entry.digest, size, signal)
    const padding = paddingOf(size)
    if (padding > 0) yield new Uint8Array(padding)
  }
  yield endMark
}

async function* exactly(
  bytes: AsyncIterable<Uint8Array>,
  digest: string,
  size: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  let given = 0
  for await (const chunk of bytes) {
    signal?.throwIfAborted()
    given += chunk.length
    if (given > size) break
    yield chunk
  }
  if (given === size) return
  throw codedError('CONTENT_MISMATCH', `The content ${digest} has not the ${size} bytes that it should have`, {
    hint: 'Remove the image and pull or load it again.',
    details: { digest, size },
  })
}

function entryOf(name: string, type: 'file' | 'directory', size: number): TarEntry {
  return {
    name,
    type,
    mode: type === 'directory' ? 0o755 : 0o644,
    uid: 0,
    gid: 0,
    size,
    modifiedAt: 0n,
    linkName: '',
    major: 0,
    minor: 0,
    xattrs: new Map(),
  }
}
