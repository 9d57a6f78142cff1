import { codedError } from '@moby/contracts/errors'
import type { Compression } from '../compression/compression.ts'
import { Inflater } from '../compression/inflater.ts'
import { TarReader } from '../format/tar-reader.ts'
import { EntryWriter, type EntryRules } from './entry-writer.ts'

export interface ExtractRequest extends EntryRules {
  /** Open folder that everything goes into; it is not closed. */
  readonly folder: number
  readonly compression: Compression
}

/** Unpacks an archive that is pushed in into a folder that is in use; synchronous, for a worker thread. */
export class ArchiveExtraction {
  readonly #inflater: Inflater | undefined
  readonly #reader = new TarReader()
  readonly #writer: EntryWriter
  readonly #isStopped: () => boolean

  /** `isStopped` is asked before each piece is written. */
  constructor(request: ExtractRequest, isStopped: () => boolean) {
    const { compression, folder } = request
    this.#isStopped = isStopped
    this.#inflater = compression === 'none' ? undefined : new Inflater(compression)
    this.#writer = new EntryWriter(folder, request)
  }

  push(chunk: Uint8Array): void {
    if (this.#inflater === undefined) this.#write(chunk)
    else for (const piece of this.#inflater.push(chunk)) this.#write(piece)
  }

  finish(): undefined {
    this.#inflater?.finish()
    // Programs that append to archives leave the end mark out, and Docker does not miss it.
    this.#reader.finish({ endMark: 'optional' })
    this.#writer.finish()
  }

  close(): void {
    this.#inflater?.close()
    this.#writer.close()
  }

  #write(piece: Uint8Array): void {
    if (this.#isStopped()) throw codedError('CANCELLED', 'The work was cancelled')
    for (const event of this.#reader.push(piece)) this.#writer.take(event)
  }
}
