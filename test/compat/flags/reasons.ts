/** Why a difference stays. */
export interface Reason {
  /** Cases by what they run: `run --flags` or the line without `docker`. */
  readonly of: RegExp
  /** Places in the answer: `.stdout`, `.inspect.HostConfig.SecurityOpt`. */
  readonly at: RegExp
  readonly why: string
}

/** An entry that explains nothing any more makes the run fail. */
export const reasons: readonly Reason[] = []
