import type { SpooledFile } from '../content-store.ts'

/** A layer that was unpacked while its archive came, before it was known what it stands on. */
export interface LooseLayer {
  /** Of its active snapshot. */
  readonly key: string
  readonly diffId: string
  /** Bytes of its files. */
  readonly size: number
}

/** A file of an image archive. */
export interface ReceivedFile extends SpooledFile {
  readonly loose?: LooseLayer
  /** The content store had it, so that what came was passed over: the file is not there. */
  readonly isStored?: boolean
  /** It looks like a layer and cannot be unpacked. Whoever asks for the file is told so. */
  readonly failure?: unknown
}
