/** How long a change waits for what is under way at an old life. Milliseconds. */
export interface ChangeLimits {
  /** For calls, while others wait: of drivers that cannot overlap. */
  readonly pauseMs: number
  /** For streams, while others wait. One that follows something never ends by itself. */
  readonly pauseStreamsMs: number
  /** For calls and streams, when the new life serves already. */
  readonly drainMs: number
  /** Between questions whether somebody still uses what was removed. */
  readonly retiredEveryMs: number
  /** From the start of the engine until it keeps the files of its components that can wait. */
  readonly keepAfterMs: number
}

export const changeLimits: ChangeLimits = {
  pauseMs: 10_000,
  pauseStreamsMs: 250,
  drainMs: 30_000,
  retiredEveryMs: 5_000,
  keepAfterMs: 20_000,
}
