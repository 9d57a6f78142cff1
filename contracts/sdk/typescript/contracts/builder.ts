// Written from the contract by `npm run docs`; not to be edited.

import type { Call } from '../component.ts'

export interface Ulimit {
  readonly name: string
  readonly soft: number
  readonly hard: number
}

export interface Limits {
  /** Bytes */
  readonly memory?: string | undefined
  /** Bytes */
  readonly memorySwap?: string | undefined
  readonly cpuShares?: number | undefined
  readonly cpuPeriod?: number | undefined
  readonly cpuQuota?: number | undefined
  readonly cpusetCpus?: string | undefined
  readonly cpusetMems?: string | undefined
  readonly cgroupParent?: string | undefined
  /** Bytes */
  readonly shmSize?: string | undefined
  readonly ulimits?: readonly Ulimit[] | undefined
}

export interface RegistryCredentials {
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** A refresh token, exchanged at the token service */
  readonly identityToken?: string | undefined
  /** A bearer token, sent as it is */
  readonly registryToken?: string | undefined
}

export interface BuildRequest {
  /** Path in the context */
  readonly dockerfile: string
  /** The Dockerfile itself: the context need not hold one */
  readonly dockerfileContent?: string | undefined
  /** The .dockerignore itself: none of the context is read */
  readonly ignoreContent?: string | undefined
  /** URL of the context: an archive or a Dockerfile; the input is then empty */
  readonly remote?: string | undefined
  readonly tags: readonly string[]
  /** Stage to stop at; absent, the last one */
  readonly target?: string | undefined
  /** linux/amd64, linux/arm64/v8 */
  readonly platform?: string | undefined
  /** `--build-arg`; null is for a name that was given without a value: the default of its ARG holds */
  readonly args: Readonly<Record<string, unknown>>
  /** Added to the image */
  readonly labels: Readonly<Record<string, string>>
  readonly noCache: boolean
  /** Ask the registry for base images even when they are here */
  readonly pull: boolean
  /** Remove the containers of steps. Where it is false they stay, but for those that were told secrets or proxies */
  readonly removeIntermediate: boolean
  /** Remove the container of a step that fails, whatever removeIntermediate says */
  readonly forceRemove: boolean
  readonly squash: boolean
  /** Network of the containers of RUN: bridge, none, host, the name of one */
  readonly network?: string | undefined
  readonly extraHosts: readonly string[]
  readonly cacheFrom: readonly string[]
  readonly limits: Limits
  readonly securityOptions: readonly string[]
  readonly isolation?: string | undefined
  /** By id */
  readonly secrets?: Readonly<Record<string, Uint8Array>> | undefined
  /** Credentials by registry */
  readonly registries: Readonly<Record<string, RegistryCredentials>>
}

/** A step begins, and the one before has ended */
export interface Step {
  /** Its name; of one without, stage- and its number */
  readonly stage: string
  /** How many stages the Dockerfile has */
  readonly stages: number
  /** In its stage, from 1 for FROM; 0 before the first stage */
  readonly number: number
  /** Steps of the stage */
  readonly count: number
  /** The instruction */
  readonly text: string
  /** Of the Dockerfile; 0 for what stands in none */
  readonly line: number
}

/** The same as `stream`, where that is output of RUN */
export interface Output {
  readonly from: 'stdout' | 'stderr'
  readonly text: string
}

export interface BuildProgress {
  /** Text for the user: steps, output of RUN */
  readonly stream?: string | undefined
  /** Of a base image that is pulled, with id, current and total */
  readonly status?: string | undefined
  readonly id?: string | undefined
  readonly current?: number | undefined
  readonly total?: number | undefined
  /** `sha256:` and hex */
  readonly imageId?: string | undefined
  /** A step begins, and the one before has ended */
  readonly step?: Step | undefined
  /** The step is taken from an earlier build */
  readonly cached?: boolean | undefined
  /** The same as `stream`, where that is output of RUN */
  readonly output?: Output | undefined
  /** The same as `stream`, where that is a warning */
  readonly warning?: string | undefined
}

export interface ExamineRequest {
  /** Path in the context */
  readonly dockerfile: string
  /** The Dockerfile itself: the context need not hold one */
  readonly dockerfileContent?: string | undefined
  /** The .dockerignore itself: none of the context is read */
  readonly ignoreContent?: string | undefined
  /** URL of the context: an archive or a Dockerfile; the input is then empty */
  readonly remote?: string | undefined
  readonly tags: readonly string[]
  /** Stage to stop at; absent, the last one */
  readonly target?: string | undefined
  /** linux/amd64, linux/arm64/v8 */
  readonly platform?: string | undefined
  /** `--build-arg`; null is for a name that was given without a value: the default of its ARG holds */
  readonly args: Readonly<Record<string, unknown>>
  /** Added to the image */
  readonly labels: Readonly<Record<string, string>>
  readonly noCache: boolean
  /** Ask the registry for base images even when they are here */
  readonly pull: boolean
  /** Remove the containers of steps. Where it is false they stay, but for those that were told secrets or proxies */
  readonly removeIntermediate: boolean
  /** Remove the container of a step that fails, whatever removeIntermediate says */
  readonly forceRemove: boolean
  readonly squash: boolean
  /** Network of the containers of RUN: bridge, none, host, the name of one */
  readonly network?: string | undefined
  readonly extraHosts: readonly string[]
  readonly cacheFrom: readonly string[]
  readonly limits: Limits
  readonly securityOptions: readonly string[]
  readonly isolation?: string | undefined
  /** By id */
  readonly secrets?: Readonly<Record<string, Uint8Array>> | undefined
  /** Credentials by registry */
  readonly registries: Readonly<Record<string, RegistryCredentials>>
}

export interface ExamineResponse {
  /** Names of images that steps begin with or take files from */
  readonly images: readonly string[]
  /** Ids */
  readonly secrets: readonly string[]
  /** Patterns of `ignoreContent`: files that need not be in the context */
  readonly excluded: readonly string[]
}

export interface Entry {
  readonly id: string
  readonly parents: readonly string[]
  /** regular, internal, exec.cachemount */
  readonly kind: string
  readonly description: string
  readonly inUse: boolean
  readonly shared: boolean
  /** Bytes */
  readonly size: string
  /** When it was made */
  readonly createdAt: string
  /** When it was last used */
  readonly lastUsedAt?: string | undefined
  readonly usageCount: number
}

export interface UsageResponse {
  readonly entries: readonly Entry[]
}

export interface PruneRequest {
  readonly all?: boolean | undefined
  /** Stop when the cache is this small */
  readonly keepBytes?: string | undefined
  /** Only entries not used since */
  readonly unusedSince?: string | undefined
  readonly ids?: readonly string[] | undefined
}

export interface PruneResponse {
  readonly removed: readonly string[]
  /** Bytes */
  readonly spaceReclaimed: string
}

/** builder 0.1.0: Makes images from a Dockerfile and a context. */
export interface Driver {
  /** Builds an image from a context: a tar archive, plain or compressed. The image and its tags are there when the stream ends well; who stops reading cancels the build. Errors: DOCKERFILE_INVALID, BUILD_CONTEXT_INVALID, BUILD_OPTION_INVALID, BUILD_STEP_FAILED, IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS, REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED, REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED, REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, NOT_SUPPORTED, IMAGE_REFERENCE_INVALID, IMAGE_INVALID, MANIFEST_INVALID, MANIFEST_LIMIT, PLATFORM_NOT_FOUND, CONTENT_MISMATCH, ARCHIVE_INVALID, ARCHIVE_TRUNCATED, ARCHIVE_ESCAPES, ARCHIVE_LIMIT, SNAPSHOT_TOO_DEEP, STORAGE_FULL, CONTAINER_SPEC_INVALID, CONTAINER_START_FAILED, DRIVER_AWAY, DRIVER_UNKNOWN, HOST_LACKS, NETWORK_NOT_KNOWN. */
  build(request: BuildRequest, input: AsyncIterable<Uint8Array>, call?: Call): AsyncIterable<BuildProgress>

  /** What a build will ask for, as far as the Dockerfile of `dockerfileContent` tells; nothing is built. What triggers of base images ask for is not foreseen. Errors: DOCKERFILE_INVALID, BUILD_OPTION_INVALID, BUILD_CONTEXT_INVALID. */
  examine(request: ExamineRequest, call?: Call): Promise<ExamineResponse>

  /** What the cache of the builder holds. */
  usage(request: Record<string, never>, call?: Call): Promise<UsageResponse>

  /** Removes what the cache holds and no build needs now: what images hold is not its own. Errors: FILTER_INVALID. */
  prune(request: PruneRequest, call?: Call): Promise<PruneResponse>
}
