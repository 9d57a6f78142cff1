import { closeSync, openSync, readSync } from 'node:fs'
import { endMark, paddingOf, writeHeader } from '@moby/lib-tar'
import { codedError } from '@moby/contracts'
import type { Content, LayerItem } from './layer-item.ts'

const chunkBytes = 1 << 20

/** The archive of a layer, in pieces of about a mebibyte. */
export async function* streamLayer(items: Iterable<LayerItem>): AsyncGenerator<Uint8Array, void> {
  const files = new Files()
  let parts: Uint8Array[] = []
  let length = 0
  const add = (part: Uint8Array) => {
    parts.push(part)
    length += part.length
  }
  const taken = () => {
    const whole = Buffer.concat(parts)
    parts = []
    length = 0
    return whole
  }
  try {
    for (const { entry, content } of items) {
      add(writeHeader(entry))
      for (let at = 0; at < entry.size;) {
        const piece = files.read(content, at, Math.min(chunkBytes, entry.size - at))
        at += piece.length
        add(piece)
        if (length >= chunkBytes) yield taken()
      }
      add(new Uint8Array(paddingOf(entry.size)))
      if (length >= chunkBytes) yield taken()
    }
    add(endMark)
    yield taken()
  } finally {
    files.close()
  }
}

/** Files of contents, each opened once. */
class Files {
  readonly #open = new Map<string, number>()

  /** They were written just now, so that reading them is copying from memory. */
  read(content: Content | undefined, at: number, length: number): Uint8Array {
    if (content === undefined) return new Uint8Array(length)
    if ('bytes' in content) return content.bytes.subarray(at, at + length)
    const buffer = new Uint8Array(length)
    const count = readSync(this.#descriptor(content.file), buffer, 0, length, content.offset + at)
    if (count === 0) throw codedError('ARCHIVE_TRUNCATED', 'The file of contents of a build is shorter than it was')
    return buffer.subarray(0, count)
  }

  close(): void {
    for (const descriptor of this.#open.values()) closeSync(descriptor)
  }

  #descriptor(file: string): number {
    const known = this.#open.get(file)
    if (known !== undefined) return known
    const descriptor = openSync(file, 'r')
    this.#open.set(file, descriptor)
    return descriptor
  }
}
