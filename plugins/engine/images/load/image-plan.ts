import type { ImageConfigFile } from '../image-config-file.ts'
import type { ManifestRecord } from '../image-record.ts'
import type { ReceivedFile } from './received-file.ts'

/** A manifest or index of an archive: what is kept of it, and its file. */
export interface PlannedManifest {
  readonly record: ManifestRecord
  readonly file: ReceivedFile
}

/** One image that an archive holds. */
export interface ImagePlan {
  readonly config: ImageConfigFile
  /** Archives of the layers, one for each diffID, perhaps compressed. */
  readonly layers: readonly ReceivedFile[]
  /** What the layers are called while they are loaded, where that is not by their diffIDs. */
  readonly layerIds?: readonly string[]
  /** Complete references with tag. */
  readonly names: readonly string[]
  /** Its manifest first, then the indexes that lead to it; none in an archive without. */
  readonly manifests: readonly PlannedManifest[]
  /** Id of the image that it was made of, where the archive tells it. */
  readonly parent?: string | undefined
}
