import { createReadStream } from 'node:fs'
import { isCodedError } from '@moby/contracts'
import { TarReader } from '@moby/lib-tar'
import type { Selected } from '../copy/selection.ts'
import { compressionOf, decompress, peek } from './decompress.ts'
import { indexArchive } from './index-archive.ts'
import { toText } from './names.ts'
import { SourceTree } from './source-tree.ts'

interface Place {
  readonly signal: AbortSignal
  newPath(kind: string): string
}

/**
 * What ADD unpacks: a file that is a tar archive, plain or compressed, told by its content and not by its name.
 * Undefined for any other. Errors: NOT_SUPPORTED for xz and bzip2, ARCHIVE_*.
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
  const { start, whole } = await peek(open(), 6)
  const compression = compressionOf(start)
  if (compression === 'xz' || compression === 'bzip2') {
    await whole.return()
    // Without unpacking nobody can tell; by their names most are archives.
    if (!/\.(?:tar\.(?:xz|bz2|bzip2)|txz|tbz2?)$/i.test(toText(file.path))) return undefined
  }
  if (
    !(await beginsAsTar(
      decompress(compression === 'xz' || compression === 'bzip2' ? open() : whole, compression, what),
    ))
  ) {
    return undefined
  }
  const contents = place.newPath('contents')
  const nodes = await indexArchive(decompress(open(), compression, what), { contents, limits: {} }, place.signal)
  return { tree: new SourceTree(contents, nodes), path: '', name: file.name, asked: file.asked }
}

async function beginsAsTar(input: AsyncIterable<Uint8Array>): Promise<boolean> {
  try {
    const { start, whole } = await peek(input, 512)
    await whole.return()
    if (start.length < 512 || start.every((byte) => byte === 0)) return false
    const reader = new TarReader()
    for (const _ of reader.push(start));
    return true
  } catch (error) {
    if (isCodedError(error) && error.code.startsWith('ARCHIVE_')) return false
    throw error
  }
}
