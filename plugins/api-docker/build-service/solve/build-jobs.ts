import { codedError } from '@moby/contracts'
import { GrpcFailure, grpcCodes } from '../../buildkit/grpc-failure.ts'
import { waitFor, type Waiting } from '../wait-for.ts'
import type { BuildJob } from './build-job.ts'

/** Milliseconds that calls about a build wait for it to begin: clients make them at the same time. */
const patience = 5_000
/** Builds that are over, were followed by nobody, and may still be asked for. */
const mostKept = 8

/** The builds under way, by the names that clients give them. */
export class BuildJobs {
  readonly #open = new Map<string, BuildJob>()
  readonly #over = new Map<string, BuildJob>()
  readonly #waiting = new Set<Waiting>()

  /** Fails with BUILD_OPTION_INVALID when there is a build of that name. */
  begin(job: BuildJob): void {
    if (job.ref === '') throw codedError('BUILD_OPTION_INVALID', 'A build has no ref')
    if (this.#open.has(job.ref)) {
      throw codedError('BUILD_OPTION_INVALID', `A build with the ref ${job.ref} is under way`, {
        hint: 'Give each build a ref of its own.',
      })
    }
    this.#over.delete(job.ref)
    this.#open.set(job.ref, job)
    for (const wake of this.#waiting) wake()
  }

  end(job: BuildJob): void {
    this.#open.delete(job.ref)
    // A short build may be over before the call that is to follow it comes.
    if (job.progress.isFollowed) return
    this.#over.set(job.ref, job)
    const [oldest] = this.#over.keys()
    if (this.#over.size > mostKept && oldest !== undefined) this.#over.delete(oldest)
  }

  /** A build under way. Fails with GrpcFailure when there is none after a while. */
  async find(ref: string, signal: AbortSignal): Promise<BuildJob> {
    return known(ref, await waitFor(() => this.#open.get(ref), { waiting: this.#waiting, patience, signal }))
  }

  /** The same, or one that is just over. */
  async findAny(ref: string, signal: AbortSignal): Promise<BuildJob> {
    const look = () => this.#open.get(ref) ?? this.#over.get(ref)
    return known(ref, await waitFor(look, { waiting: this.#waiting, patience, signal }))
  }
}

function known(ref: string, job: BuildJob | undefined): BuildJob {
  if (job !== undefined) return job
  throw new GrpcFailure(grpcCodes.notFound, `no such job ${ref}`)
}
