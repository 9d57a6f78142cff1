import { createHash } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { openFlags } from '@moby/lib-linux/files'
import { codedError } from '@moby/contracts/errors'
import type { Compression } from '../compression/compression.ts'
import type { ExpansionLimits } from '../compression/expansion.ts'
import { Inflater } from '../compression/inflater.ts'
import { defaultLimits, type TarLimits } from '../format/limits.ts'
import { TarReader } from '../format/tar-reader.ts'
import { LayerWriter } from './layer-writer.ts'
import { LooseEnds, saveLooseEnds } from './loose-ends.ts'

export interface ApplyRequest {
  /** Folder that the layer is unpacked into. */
  readonly root: string
  /** Folder that shows what lies below, when `root` is the upper folder of an overlay over it. */
  readonly base?: string | undefined
  /**
   * Without `base`: `root` is the upper folder of an overlay over something that is told later, to `settleLayer`.
   * What depends on it is added to this file.
   */
  readonly looseEnds?: string | undefined
  readonly compression?: Compression | undefined
  readonly limits?: Partial<TarLimits> | undefined
  readonly expansion?: ExpansionLimits | undefined
}

export interface Applied {
  /** `sha256:` and hex, of the uncompressed archive. */
  readonly diffId: string
  /** Bytes of file content, with the holes of sparse files. */
  readonly size: number
  /** All bytes that came. */
  readonly input: { readonly digest: string; readonly size: number }
}

/** Unpacks one layer archive that is pushed in; synchronous, for a worker thread. */
export class LayerApplication {
  readonly #request: ApplyRequest
  readonly #root: number
  readonly #base: number | undefined
  readonly #hash = createHash('sha256')
  readonly #inputHash = createHash('sha256')
  readonly #inflater: Inflater | undefined
  readonly #reader: TarReader
  readonly #writer: LayerWriter
  readonly #looseEnds: LooseEnds | undefined
  readonly #isStopped: () => boolean
  /** Bytes that came, and bytes of the archive in them. */
  #taken = 0
  #written = 0

  /** `isStopped` is asked before each piece is written. */
  constructor(request: ApplyRequest, isStopped: () => boolean = () => false) {
    const { base, looseEnds, compression = 'none' } = request
    const flags = openFlags.O_RDONLY | openFlags.O_DIRECTORY
    this.#request = request
    this.#isStopped = isStopped
    this.#root = openSync(request.root, flags)
    this.#base = base === undefined ? undefined : openSync(base, flags)
    this.#looseEnds = base === undefined && looseEnds !== undefined ? new LooseEnds() : undefined
    this.#inflater = compression === 'none' ? undefined : new Inflater(compression, request.expansion)
    this.#reader = new TarReader(request.limits)
    this.#writer = new LayerWriter({
      root: this.#root,
      base: this.#base,
      looseEnds: this.#looseEnds,
      mostImplicit: request.limits?.entries ?? defaultLimits.entries,
    })
  }

  push(chunk: Uint8Array): void {
    this.#taken += chunk.length
    if (this.#inflater === undefined) {
      this.#write(chunk)
      return
    }
    this.#inputHash.update(chunk)
    for (const piece of this.#inflater.push(chunk)) this.#write(piece)
  }

  finish(): Applied {
    this.#inflater?.finish()
    // Layers that change nothing have been archives of no bytes at all; the end of what is compressed tells that from a cut.
    if (this.#written > 0 || this.#inflater === undefined) this.#reader.finish()
    this.#writer.finish()
    if (this.#looseEnds !== undefined && this.#request.looseEnds !== undefined) {
      saveLooseEnds(this.#request.looseEnds, this.#looseEnds)
    }
    const diffId = `sha256:${this.#hash.digest('hex')}`
    const digest = this.#inflater === undefined ? diffId : `sha256:${this.#inputHash.digest('hex')}`
    return { diffId, size: this.#writer.size, input: { digest, size: this.#taken } }
  }

  close(): void {
    this.#inflater?.close()
    this.#writer.close()
    closeSync(this.#root)
    if (this.#base !== undefined) closeSync(this.#base)
  }

  #write(piece: Uint8Array): void {
    if (this.#isStopped()) throw codedError('CANCELLED', 'The work was cancelled')
    this.#written += piece.length
    this.#hash.update(piece)
    for (const event of this.#reader.push(piece)) this.#writer.take(event)
  }
}
