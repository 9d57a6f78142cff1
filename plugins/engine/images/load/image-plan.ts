import type { SpooledFile } from '../content-store.ts'
import type { ImageConfigFile } from '../image-config-file.ts'

/** One image that an archive holds. */
export interface ImagePlan {
  readonly config: ImageConfigFile
  /** Archives of the layers, one for each diffID, perhaps compressed. */
  readonly layers: readonly SpooledFile[]
  /** Complete references with tag. */
  readonly names: readonly string[]
}
