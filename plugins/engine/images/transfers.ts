import { Limiter } from '../concurrency/limiter.ts'
import { SharedWork } from '../concurrency/shared-work.ts'
import type { ImageRecord } from './image-record.ts'
import type { BlobDownload } from './pull/blob-download.ts'

export interface TransferLimits {
  readonly downloads: number
  readonly uploads: number
  readonly unpacks: number
}

/** How far the work on a layer is: bytes of what. */
export interface Step {
  readonly status: string
  readonly current?: number
  readonly total?: number
}

/** What all pulls and pushes of the engine share: the work on one blob or layer, and how much is done at once. */
export class Transfers {
  readonly downloads: Limiter
  readonly uploads: Limiter
  readonly unpacks: Limiter
  /** By digest. */
  readonly blobs = new SharedWork<void, Step>()
  /** By driver, chainID and digest; the result is the size of the layer. */
  readonly layers = new SharedWork<number, Step>()
  /** By the id of an image; the result is what can be pushed of it. */
  readonly pushables = new SharedWork<ImageRecord, never>()
  /** Blobs that are coming in now, or have come in and are not settled. */
  readonly open = new Map<string, BlobDownload>()

  /** Changes how much is done at once, from now on. */
  resize({ downloads, uploads }: Pick<TransferLimits, 'downloads' | 'uploads'>): void {
    this.downloads.resize(downloads)
    this.uploads.resize(uploads)
  }

  constructor({ downloads, uploads, unpacks }: TransferLimits) {
    this.downloads = new Limiter(downloads)
    this.uploads = new Limiter(uploads)
    this.unpacks = new Limiter(unpacks)
  }
}
