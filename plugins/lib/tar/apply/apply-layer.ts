import { createHash } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { openFlags } from '@moby/lib-linux/files'
import type { TarLimits } from '../format/limits.ts'
import { TarReader } from '../format/tar-reader.ts'
import { LayerWriter } from './layer-writer.ts'

export interface ApplyRequest {
  /** Folder that the layer is unpacked into. */
  readonly root: string
  /** Folder that shows what lies below, when `root` is the upper folder of an overlay over it. */
  readonly base?: string | undefined
  readonly limits?: Partial<TarLimits> | undefined
}

export interface Applied {
  /** `sha256:` and hex, of all bytes that came. */
  readonly diffId: string
  /** Bytes of file content. */
  readonly size: number
}

/** Unpacks one layer archive that is pushed in; synchronous, for a worker thread. */
export class LayerApplication {
  readonly #root: number
  readonly #base: number | undefined
  readonly #hash = createHash('sha256')
  readonly #reader: TarReader
  readonly #writer: LayerWriter

  constructor(request: ApplyRequest) {
    const flags = openFlags.O_RDONLY | openFlags.O_DIRECTORY
    this.#root = openSync(request.root, flags)
    this.#base = request.base === undefined ? undefined : openSync(request.base, flags)
    this.#reader = new TarReader(request.limits)
    this.#writer = new LayerWriter({ root: this.#root, base: this.#base })
  }

  push(chunk: Uint8Array): void {
    this.#hash.update(chunk)
    for (const event of this.#reader.push(chunk)) this.#writer.take(event)
  }

  finish(): Applied {
    this.#reader.finish()
    this.#writer.finish()
    return { diffId: `sha256:${this.#hash.digest('hex')}`, size: this.#writer.size }
  }

  close(): void {
    this.#writer.close()
    closeSync(this.#root)
    if (this.#base !== undefined) closeSync(this.#base)
  }
}
