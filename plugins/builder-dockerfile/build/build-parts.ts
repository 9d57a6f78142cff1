import type {
  BuildProgress,
  BuildSpec,
  engineContainers,
  engineImages,
  Image,
  Implementation,
  Logger,
} from '@moby/contracts'
import type { CacheMounts } from '../cache/cache-mounts.ts'
import type { CacheRecords } from '../cache/cache-records.ts'
import type { HeldImages } from '../cache/held-images.ts'
import type { SourceTree } from '../context/source-tree.ts'

/** What every build uses. */
export interface BuilderParts {
  readonly containers: Implementation<typeof engineContainers>
  readonly images: Implementation<typeof engineImages>
  readonly cache: CacheRecords
  readonly mounts: CacheMounts
  readonly held: HeldImages
  /** For the files of builds under way. */
  readonly folder: string
  /** For secrets: in memory where the host has it so. */
  readonly runFolder: string
  readonly maxContextBytes: number
  readonly log: Logger
}

/** One build under way. */
export interface Build {
  readonly parts: BuilderParts
  readonly spec: BuildSpec
  /** Folder for its files; removed at the end. */
  readonly folder: string
  readonly context: SourceTree
  readonly escape: string
  readonly signal: AbortSignal
  /** ARG before the first FROM, and what is known of platforms. */
  readonly globals: ReadonlyMap<string, string>
  /** Names of `--build-arg` that an ARG took. */
  readonly usedArgs: Set<string>
  /** The image of a stage, by name or number; undefined when there is no such stage. */
  stageImage(name: string): AsyncGenerator<BuildProgress, string | undefined>
  /** An image by its name, pulled if it must be. */
  baseImage(reference: string, platform: string | undefined): AsyncGenerator<BuildProgress, Image>
  /** Keeps an image until the build is over; false for one that is being removed. */
  hold(image: string): boolean
  /** A new path in the folder of the build. */
  newPath(kind: string): string
}
