import { createReadStream } from 'node:fs'
import { codedError, isCodedError } from '@moby/contracts'
import { compressionOf, decompress, peek, recognizeCompression, signatureLength, TarReader } from '@moby/lib-tar'
import type { Selected } from '../copy/selection.ts'
import { indexArchive } from './index-archive.ts'
import { toText } from './names.ts'
import { SourceTree } from './source-tree.ts'

interface Place {
  readonly signal: AbortSignal
  newPath(kind: string): string
}

/**
 * What ADD unpacks: a file that is a tar archive, plain or compressed, told by its content and not by its name.
 * Undefined for any other. Errors: NOT_SUPPORTED for xz and bzip2,
 * BUILD_CONTEXT_INVALID for one that is damaged.
 */
export async function openLocalArchive(place: Place, file: Selected): Promise<Selected | undefined> {
  const node = file.tree.get(file.path)
  if (node?.entry.type !== 'file' || node.entry.size === 0) return undefined
  const open = () =>
    createReadStream(file.tree.contents, {
      start: node.offset,
      end: node.offset + node.entry.size - 1,
      highWaterMark: 1 << 20,
    }) as AsyncIterable<Uint8Array>
  const what = `The archive ${toText(file.path)}`
  const { start, whole } = await peek(open(), signatureLength)
  await whole.return?.()
  const found = recognizeCompression(start)
  // Without unpacking nobody can tell what is in these; by their names most are archives.
  const isUnread = found === 'xz' || found === 'bzip2'
  if (isUnread && !/\.(?:tar\.(?:xz|bz2|bzip2)|txz|tbz2?)$/i.test(toText(file.path))) return undefined
  const compression = compressionOf(start, what)
  if (!(await beginsAsTar(decompress(open(), compression)))) return undefined
  const contents = place.newPath('contents')
  try {
    const nodes = await indexArchive(decompress(open(), compression), { contents, limits: {} }, place.signal)
    return { tree: new SourceTree(contents, nodes), path: '', name: file.name, asked: file.asked }
  } catch (error) {
    if (!isCodedError(error) || !error.code.startsWith('ARCHIVE_')) throw error
    throw codedError('BUILD_CONTEXT_INVALID', `${what} cannot be unpacked: ${error.message}`, {
      cause: error,
      hint: 'Use COPY to put the archive itself into the image.',
    })
  }
}

async function beginsAsTar(input: AsyncIterable<Uint8Array>): Promise<boolean> {
  try {
    const { start, whole } = await peek(input, 512)
    await whole.return?.()
    if (start.length < 512 || start.every((byte) => byte === 0)) return false
    const reader = new TarReader()
    for (const _ of reader.push(start));
    return true
  } catch (error) {
    if (isCodedError(error) && error.code.startsWith('ARCHIVE_')) return false
    throw error
  }
}
