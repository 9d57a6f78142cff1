import { closeSync, readSync } from 'node:fs'
import { errnoOf, openAt, openFlags, readLinkAt, statAt } from '@moby/lib-linux/files'
import { endMark, writeHeader } from '../format/write-header.ts'
import { emptyFile, paddingOf, type EntryType, type TarEntry } from '../format/entry.ts'
import { readXattrs } from '../tree/attributes.ts'
import type { TreeChange } from '../tree/change.ts'
import { ChunkBuffer } from './chunk-buffer.ts'

type Present = Exclude<TreeChange, { readonly kind: 'deleted' }>

/**
 * Packs changes as a layer archive (image-spec, layer.md): what was deleted as whiteouts, further names of a file as
 * hard links, sockets not at all. Equal trees give equal bytes. The tree may be changing meanwhile: each content has
 * the length that its header says, and nothing outside the tree is read.
 */
export function* packChanges(changes: Iterable<TreeChange>): Generator<Uint8Array<ArrayBuffer>, void> {
  const output = new ChunkBuffer()
  const firstNames = new Map<string, string>()
  for (const change of changes) {
    if (change.kind === 'deleted') yield* output.add(writeHeader(whiteoutEntry(change.path)))
    else yield* packPresent(change, firstNames, output)
  }
  yield* output.add(endMark)
  yield* output.rest()
}

function whiteoutEntry(path: string): TarEntry {
  const slash = path.lastIndexOf('/') + 1
  return {
    ...emptyFile,
    name: `${path.slice(0, slash)}.wh.${path.slice(slash)}`,
    mode: 0o600,
  }
}

function* packPresent(
  change: Present,
  firstNames: Map<string, string>,
  output: ChunkBuffer,
): Generator<Uint8Array<ArrayBuffer>, void> {
  const { path, folder, name, status } = change
  if (status.type === 'socket') return
  const identity = status.links > 1 && status.type !== 'directory' ? `${status.device}:${status.inode}` : undefined
  const firstName = identity === undefined ? undefined : firstNames.get(identity)
  if (firstName !== undefined) {
    yield* output.add(writeHeader(makeEntry(change, 'hard-link', { linkName: firstName })))
    return
  }
  if (status.type === 'file') {
    const file = openFile(folder, name)
    if (file === undefined) return
    try {
      const opened = statAt(file, '') ?? status
      if (opened.type !== 'file') return
      yield* output.add(writeHeader(makeEntry({ ...change, status: opened }, 'file', { size: opened.size })))
      yield* packContent(file, opened.size, output)
    } finally {
      closeSync(file)
    }
  } else {
    const linkName = status.type === 'symlink' ? readLinkAt(folder, name) : ''
    yield* output.add(writeHeader(makeEntry(change, status.type, { linkName })))
  }
  if (identity !== undefined) firstNames.set(identity, path)
}

function openFile(folder: number, name: string): number | undefined {
  try {
    // Were the name a FIFO by now, opening it must not wait.
    return openAt(folder, name, openFlags.O_RDONLY | openFlags.O_NONBLOCK)
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENXIO'].includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
}

function makeEntry(change: Present, type: EntryType, more: { linkName?: string; size?: number }): TarEntry {
  const { status, path } = change
  return {
    name: type === 'directory' ? `${path}/` : path,
    type,
    mode: status.mode,
    uid: status.uid,
    gid: status.gid,
    size: more.size ?? 0,
    modifiedAt: status.modifiedAt,
    linkName: more.linkName ?? '',
    major: status.major,
    minor: status.minor,
    xattrs: type === 'hard-link' ? new Map() : readXattrs(change.folder, change.name),
  }
}

function* packContent(file: number, size: number, output: ChunkBuffer): Generator<Uint8Array<ArrayBuffer>, void> {
  let remaining = size
  while (remaining > 0) {
    const space = output.space()
    const length = readSync(file, space, 0, Math.min(space.length, remaining), null)
    // The file has become shorter: zeros stand for what is missing.
    if (length === 0) break
    remaining -= length
    yield* output.filled(length)
  }
  yield* output.zeros(remaining + paddingOf(size))
}
