/** What the one who runs a mutant asks of the process that has the driver. */
export interface Question {
  /** The mutant to switch on; absent, the driver as it is. */
  readonly mutant?: string
  /** How often its place may be passed; more is a loop without end. */
  readonly hitLimit?: number
  /** Ids of the cases; absent, all. */
  readonly only?: readonly string[]
}

/** What that process tells. */
export type Told =
  /** Once, when the driver's code is loaded: the mutants in what ran while it was. */
  | { readonly kind: 'ready'; readonly loaded: readonly string[] }
  /** Something has begun: a case, or the driver's `start` or `stop`. */
  | { readonly kind: 'begun'; readonly what: string }
  | { readonly kind: 'ended'; readonly passed: readonly Passed[]; readonly failed?: Failed }
  /** How often each mutant's place was passed since `ready`. */
  | { readonly kind: 'hits'; readonly hits: Readonly<Record<string, number>> }

export interface Passed {
  readonly id: string
  readonly ms: number
}

export interface Failed {
  readonly id: string
  readonly reason: string
}

/** Milliseconds; the longest case of a sound driver needs a fifth of it. */
export const caseDeadlineMs = 20_000
