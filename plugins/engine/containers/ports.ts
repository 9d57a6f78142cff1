import type { engineImages, logDriver, RequestOf, ResponseOf, Stdio } from '@moby/contracts'

type LogFacts = RequestOf<typeof logDriver, 'open'>['info']

/** An image as far as containers are concerned. */
export interface ImageFacts {
  readonly id: string
  /** OCI image configuration: config. */
  readonly config: Readonly<Record<string, unknown>>
  /** Key of the committed snapshot that holds all its layers; absent for an image without layers. */
  readonly chainId?: string | undefined
  readonly storage: string
  readonly tags: readonly string[]
  readonly os: string
  readonly architecture: string
}

export interface ImageSource {
  /** Fails with IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS or PLATFORM_NOT_FOUND. */
  resolve(ref: string, platform?: string): ImageFacts
  /** engine.images: extend. */
  extend(
    request: RequestOf<typeof engineImages, 'extend'>,
    layer: AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<ResponseOf<typeof engineImages, 'extend'>>
}

/** Where a container sees a volume. */
export interface VolumeUse {
  readonly destination: string
  readonly writable: boolean
}

export interface OutputLog {
  readonly driver: string
  readonly logId: string
  readonly info: LogFacts
}

export interface VolumeWish {
  readonly name?: string | undefined
  /** Made for one container although it has a name: the name was chosen before, so that a crash does not lose it. */
  readonly anonymous?: boolean | undefined
  readonly driver?: string | undefined
  readonly options?: Readonly<Record<string, string>> | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
}

export interface VolumeSource {
  /** Finds or makes a volume for a container. */
  acquire(wish: VolumeWish, userId: string): Promise<{ readonly name: string; readonly driver: string }>
  /** The record of the container tells from now on which volumes it uses, or it will never exist. */
  settle(userId: string): void
  /** Makes its files available and tells where they are. */
  mount(name: string, userId: string, as?: VolumeUse): Promise<string>
  unmount(name: string, userId: string): Promise<void>
  /** Removes anonymous volumes that nobody but this container uses. */
  releaseAnonymous(names: readonly string[], userId: string): Promise<void>
}

/** A live view of a container's output, and the way to its input. */
export interface Attachment {
  readonly output: AsyncIterable<{ readonly stream: 'stdout' | 'stderr'; readonly data: Uint8Array }>
  write(data: Uint8Array): Promise<void>
  /** Ends the standard input, where that is due. True when the runtime's `closeStdin` must follow. */
  endInput(): boolean
  close(): void
}

/** Everything between the FIFOs of a process and those who want its output. */
export interface Output {
  readonly stdio: Stdio
  /** Where the log driver keeps the log, empty when it is no file. */
  readonly logPath: string
  attach(streams: { stdin: boolean; stdout: boolean; stderr: boolean }): Attachment
  /**
   * Returns when everything written has reached the log and the attachments, or after a deadline: false when the log
   * does not have all of it then. Who is `hurried` does not wait for a log driver that hangs.
   */
  drain(options?: { readonly hurried?: boolean }): Promise<boolean>
  close(): Promise<void>
  remove(): Promise<void>
}

export interface OutputRequest {
  readonly id: string
  readonly folder: string
  readonly terminal: boolean
  readonly openStdin: boolean
  readonly stdinOnce: boolean
  readonly log?: OutputLog | undefined
}

export type OpenOutput = (request: OutputRequest) => Promise<Output>
