import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { hasCode } from '@moby/contracts'
import { spoolToEnd } from '../content-store.ts'
import { peek, type Compression } from '@moby/lib-tar'
import { keepCopy } from '../extend/keep-copy.ts'
import type { ImageContext } from '../image-context.ts'
import type { Lease } from '../lease-store.ts'
import type { LooseLayers } from './loose-layers.ts'
import { layerCompression, lookLength } from './look-like.ts'
import type { ReceivedFile } from './received-file.ts'

export interface FileReceiverParts {
  readonly context: Pick<ImageContext, 'content' | 'images' | 'leases'>
  /** Where files are kept; it is the caller's to remove. */
  readonly folder: string
  /** Undefined for a driver that unpacks layers on the one below only: then they are kept until that is there. */
  readonly loose: LooseLayers | undefined
  readonly onBytes: (name: string, current: number, total: number) => void
  readonly signal: AbortSignal | undefined
}

/** Takes over the files of an image archive as they come; what looks like a layer is unpacked meanwhile. */
export class FileReceiver {
  readonly #parts: FileReceiverParts
  readonly #id = `load-${randomBytes(8).toString('hex')}`
  readonly #leases: Lease[] = []
  #number = 0

  constructor(parts: FileReceiverParts) {
    this.#parts = parts
  }

  /** Errors: STORAGE_FULL, CANCELLED, those of the content. A layer that cannot be unpacked is told by its file. */
  async receive(name: string, size: number, content: AsyncIterable<Uint8Array>): Promise<ReceivedFile> {
    this.#number += 1
    const path = join(this.#parts.folder, String(this.#number))
    const stored = await this.#stored(name, size)
    if (stored !== undefined) {
      for await (const _ of content) this.#parts.signal?.throwIfAborted()
      return stored
    }
    const { start, whole } = await peek(content, lookLength)
    const compression = layerCompression(start)
    if (this.#parts.loose === undefined || compression === undefined) return await spoolToEnd(whole, path)
    return await this.#unpack(this.#parts.loose, { name, size, path, compression }, whole)
  }

  /** Lets go of the layers that were here already. */
  release(): void {
    for (const lease of this.#leases.splice(0)) lease.release()
  }

  /** A layer that an image here has already: its name in an OCI layout tells what it is. */
  async #stored(name: string, size: number): Promise<ReceivedFile | undefined> {
    const hex = /^blobs\/sha256\/([a-f0-9]{64})$/.exec(name)?.[1]
    if (hex === undefined) return undefined
    const digest = `sha256:${hex}`
    const { content, images } = this.#parts.context
    const isKnown = images
      .values()
      .some(({ layers }) => layers.some(({ blob }) => blob.digest === digest && blob.size === size))
    if (!isKnown || !(await content.has(digest))) return undefined
    this.#leases.push(this.#parts.context.leases.open(this.#id, { digests: [digest] }))
    return (await content.has(digest)) ? { path: '', digest, size, isStored: true } : undefined
  }

  async #unpack(
    loose: LooseLayers,
    file: { name: string; size: number; path: string; compression: Compression },
    content: AsyncIterable<Uint8Array>,
  ): Promise<ReceivedFile> {
    const { path, size } = file
    let current = 0
    let contentFailed = false
    const watched = async function* (onBytes: FileReceiverParts['onBytes']) {
      try {
        for await (const chunk of content) {
          yield chunk
          current += chunk.length
          onBytes(file.name, current, size)
        }
      } catch (error) {
        contentFailed = true
        throw error
      }
    }
    try {
      const copied = keepCopy(watched(this.#parts.onBytes), path)
      const { input, ...layer } = await loose.unpack(copied, file.compression, this.#parts.signal)
      return { path, digest: input.digest, size: input.size, loose: layer }
    } catch (failure) {
      const isOwn = hasCode(failure, 'ARCHIVE_INVALID', 'ARCHIVE_TRUNCATED', 'ARCHIVE_ESCAPES', 'ARCHIVE_LIMIT')
      if (contentFailed || !isOwn) throw failure
      return { path, digest: '', size, failure }
    }
  }
}
