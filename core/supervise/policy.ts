/** When a component that ended is started again, and when no more. Times in milliseconds. */
export interface SupervisionLimits {
  readonly healthEveryMs: number
  /** Unanswered questions in a row after which a component counts as dead. */
  readonly misses: number
  /** The first back-off; each further one is twice as long. */
  readonly firstDelayMs: number
  readonly longestDelayMs: number
  /** Health for that long makes the back-off short again. */
  readonly healthyMs: number
  /** Starts within the window before the breaker opens. */
  readonly budget: number
  readonly windowMs: number
  /** For how long an open breaker allows no start; then one is tried. */
  readonly openMs: number
}

export const supervisionLimits: SupervisionLimits = {
  healthEveryMs: 5_000,
  misses: 3,
  firstDelayMs: 200,
  longestDelayMs: 30_000,
  healthyMs: 60_000,
  budget: 10,
  windowMs: 600_000,
  openMs: 300_000,
}

/**
 * `up`: it runs. `waiting`: it is started when the back-off is over. `starting`: a start is under way. `open`: it
 * crashed too often, and one start is tried when the breaker allows it. `stopped`: nothing happens any more.
 */
export type SupervisionPhase = 'up' | 'waiting' | 'starting' | 'open' | 'stopped'

export interface SupervisionState {
  readonly phase: SupervisionPhase
  /** `up`: since when. `waiting`, `open`: until when. */
  readonly at: number
  /** The next back-off. */
  readonly delayMs: number
  /** Moments of the starts that count against the budget. */
  readonly starts: readonly number[]
  readonly misses: number
  /** The breaker let it through to see whether it works: the next end opens it again. */
  readonly trial: boolean
}

/**
 * `ended`: the component is gone, or its start failed. `started`: a start succeeded. `answered`, `missed`: a
 * question for its health. `tick`: time has passed. `retry`: an operator wants it started now. `stop`: the engine ends.
 */
export type SupervisionEvent = 'ended' | 'started' | 'answered' | 'missed' | 'tick' | 'retry' | 'stop'

export interface SupervisionStep {
  readonly state: SupervisionState
  /** `start`: begin a start now. `kill`: end the component, which does not answer; `ended` follows. */
  readonly action?: 'start' | 'kill'
}

/** A component that runs. */
export function runningSince(now: number, limits: SupervisionLimits): SupervisionState {
  return { phase: 'up', at: now, delayMs: limits.firstDelayMs, starts: [], misses: 0, trial: false }
}

/** What follows from an event. Pure: all that it knows of time is `now`. */
export function supervise(
  state: SupervisionState,
  event: SupervisionEvent,
  now: number,
  limits: SupervisionLimits,
): SupervisionStep {
  if (state.phase === 'stopped') return { state }
  switch (event) {
    case 'stop':
      return { state: { ...state, phase: 'stopped' } }
    case 'ended':
      return { state: state.phase === 'up' || state.phase === 'starting' ? afterEnd(state, now, limits) : state }
    case 'started':
      return { state: state.phase === 'starting' ? { ...state, phase: 'up', at: now, misses: 0 } : state }
    case 'answered':
      return { state: state.phase === 'up' ? { ...calmed(state, now, limits), misses: 0 } : state }
    case 'missed':
      return afterMiss(state, limits)
    case 'tick':
      return isDue(state, now) ? begin(state, now, limits) : { state }
    case 'retry':
      if (state.phase !== 'waiting' && state.phase !== 'open') return { state }
      return begin({ ...runningSince(now, limits), phase: 'waiting' }, now, limits)
  }
}

function isDue({ phase, at }: SupervisionState, now: number): boolean {
  return (phase === 'waiting' || phase === 'open') && now >= at
}

function begin(state: SupervisionState, now: number, limits: SupervisionLimits): SupervisionStep {
  const starts = [...within(state.starts, now, limits), now]
  return { state: { ...state, phase: 'starting', starts, trial: state.phase === 'open' }, action: 'start' }
}

function afterEnd(before: SupervisionState, now: number, limits: SupervisionLimits): SupervisionState {
  const state = before.phase === 'up' ? calmed(before, now, limits) : before
  const starts = within(state.starts, now, limits)
  const common = { ...state, starts, misses: 0, trial: false }
  if (state.trial || starts.length >= limits.budget) return { ...common, phase: 'open', at: now + limits.openMs }
  const delayMs = Math.min(limits.longestDelayMs, state.delayMs * 2)
  return { ...common, phase: 'waiting', at: now + state.delayMs, delayMs }
}

function afterMiss(state: SupervisionState, limits: SupervisionLimits): SupervisionStep {
  if (state.phase !== 'up') return { state }
  const misses = state.misses + 1
  if (misses < limits.misses) return { state: { ...state, misses } }
  return { state: { ...state, misses: 0 }, action: 'kill' }
}

/** Long health makes earlier trouble forgotten, but for the budget. */
function calmed(state: SupervisionState, now: number, limits: SupervisionLimits): SupervisionState {
  return now - state.at < limits.healthyMs ? state : { ...state, delayMs: limits.firstDelayMs, trial: false }
}

function within(starts: readonly number[], now: number, limits: SupervisionLimits): number[] {
  return starts.filter((each) => now - each < limits.windowMs)
}
