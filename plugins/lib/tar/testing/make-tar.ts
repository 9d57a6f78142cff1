import { paddingOf, type TarEntry } from '../format/entry.ts'
import { endMark, writeHeader } from '../format/write-header.ts'

/** An entry for tests: all but the name has a default. Names in UTF-8 text. */
export interface SampleEntry extends Partial<Omit<TarEntry, 'size' | 'xattrs' | 'name' | 'linkName'>> {
  readonly name: string
  readonly linkName?: string
  readonly content?: string | Uint8Array
  readonly xattrs?: Readonly<Record<string, string>>
}

/** An archive of these entries; `ended: false` leaves out the end mark. */
export function makeTar(entries: readonly SampleEntry[], options: { ended?: boolean } = {}): Buffer<ArrayBuffer> {
  const parts: Uint8Array[] = []
  for (const { content = '', ...entry } of entries) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    parts.push(
      writeHeader({
        type: 'file',
        mode: entry.type === 'directory' ? 0o755 : 0o644,
        uid: 0,
        gid: 0,
        size: bytes.length,
        modifiedAt: 1_700_000_000_000_000_000n,
        major: 0,
        minor: 0,
        ...entry,
        name: Buffer.from(entry.name).toString('latin1'),
        linkName: Buffer.from(entry.linkName ?? '').toString('latin1'),
        xattrs: new Map(Object.entries(entry.xattrs ?? {}).map(([name, value]) => [name, Buffer.from(value)])),
      }),
      bytes,
      new Uint8Array(paddingOf(bytes.length)),
    )
  }
  if (options.ended !== false) parts.push(endMark)
  return Buffer.concat(parts)
}

/** Bytes as they come over a wire, in pieces of a size. */
export async function* inPieces(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
