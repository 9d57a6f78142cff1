import { GrpcFailure, grpcCodes } from '../../buildkit/grpc-failure.ts'
import type { Exporter } from '../messages/control-messages.ts'
import { ProgressLog } from '../progress/progress-log.ts'

/** What a frontend has built. */
export interface BuildResult {
  /** `sha256:` and hex of the image; undefined where nothing was asked for. */
  readonly image: string | undefined
}

/** One build of a client: what it is to become, what it tells, and what the client's own frontend makes of it. */
export class BuildJob {
  readonly ref: string
  /** Id of the session that serves its files. */
  readonly session: string
  readonly exporters: readonly Exporter[]
  readonly progress = new ProgressLog()
  readonly #ending = new AbortController()
  readonly #results = new Map<string, BuildResult>()
  readonly #returned = Promise.withResolvers<BuildResult>()

  constructor(ref: string, session: string, exporters: readonly Exporter[]) {
    this.ref = ref
    this.session = session
    this.exporters = exporters
    // Nobody may wait for it when it fails.
    this.#returned.promise.catch(() => undefined)
  }

  /** Names that the image is to get. */
  get names(): readonly string[] {
    return this.exporters.flatMap(namesOf)
  }

  /** Aborted when the build is over or was left. */
  get ending(): AbortSignal {
    return this.#ending.signal
  }

  /** Nothing more is done for it. */
  end(): void {
    this.progress.end()
    this.#ending.abort()
  }

  /** Keeps a result until the build is over. Answers its id. */
  keep(result: BuildResult): string {
    const id = `${this.ref}/${this.#results.size}`
    this.#results.set(id, result)
    return id
  }

  /** Fails with GrpcFailure for an id that was not given. */
  resultOf(id: string): BuildResult {
    const found = id === '' ? { image: undefined } : this.#results.get(id)
    if (found !== undefined) return found
    throw new GrpcFailure(grpcCodes.notFound, `no such ref: ${id}`)
  }

  /** The client's frontend has ended with this. */
  finish(result: BuildResult): void {
    this.#returned.resolve(result)
  }

  fail(error: Error): void {
    this.#returned.reject(error)
  }

  /** What the client's frontend ends with. Fails with what it failed with, or when the signal is aborted. */
  async returned(signal: AbortSignal): Promise<BuildResult> {
    signal.throwIfAborted()
    const leave = () => this.fail(signal.reason as Error)
    signal.addEventListener('abort', leave)
    try {
      return await this.#returned.promise
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }
}

/** Names that an exporter gives. */
export function namesOf({ attributes }: Exporter): readonly string[] {
  return (attributes['name'] ?? '').split(',').filter((name) => name !== '')
}
