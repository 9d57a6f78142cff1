import type { ContainerSpec } from '@moby/contracts'

const firstDelayMs = 100
const longestDelayMs = 60_000
/** A run of at least this long counts as a success, and the delay begins anew. */
const steadyMs = 10_000

export interface EndedRun {
  readonly exitCode: number
  /** How often the container was restarted by its policy since the user started it. */
  readonly restartCount: number
  readonly stoppedByUser: boolean
}

/** Whether a restart policy starts a container again after its process ended by itself. */
export function wantsRestart(policy: ContainerSpec['restart'], run: EndedRun): boolean {
  if (policy === undefined || run.stoppedByUser) return false
  switch (policy.name) {
    case 'always':
    case 'unless-stopped':
      return true
    case 'on-failure': {
      const maximum = policy.maximumRetries ?? 0
      return run.exitCode !== 0 && (maximum === 0 || run.restartCount < maximum)
    }
    default:
      return false
  }
}

/**
 * Whether a container comes up with the engine, when it is not running then. `always` does even if the user stopped it,
 * `unless-stopped` only if not, `on-failure` when it died of a failure while the engine was away.
 */
export function wantsStartWithEngine(policy: ContainerSpec['restart'], run: EndedRun): boolean {
  return policy?.name === 'always' || wantsRestart(policy, run)
}

/** Milliseconds to wait before the next restart: twice the last, from a tenth of a second to a minute. */
export function nextDelay(lastDelayMs: number, ranMs: number): number {
  if (lastDelayMs === 0 || ranMs >= steadyMs) return firstDelayMs
  return Math.min(lastDelayMs * 2, longestDelayMs)
}
