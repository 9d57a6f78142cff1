import type { Container, ContainerState } from '@moby/contracts'
import { humanDuration } from '../wire/human-duration.ts'
import { never } from '../wire/moment.ts'

/** State of inspect. */
export function stateShape(state: ContainerState): Record<string, unknown> {
  return {
    Status: state.status,
    Running: isAlive(state),
    Paused: state.status === 'paused',
    Restarting: state.status === 'restarting',
    OOMKilled: state.oomKilled,
    Dead: state.status === 'dead',
    Pid: state.pid,
    ExitCode: state.exitCode,
    // What waits for a driver is not lost; this is where a client looks for the reason.
    Error: state.error === '' ? (state.waitingFor ?? '') : state.error,
    StartedAt: state.startedAt ?? never,
    FinishedAt: state.finishedAt ?? never,
    ...healthShape(state),
  }
}

function healthShape({ health }: ContainerState): Record<string, unknown> {
  if (health === undefined || health.status === 'none') return {}
  return {
    Health: {
      Status: health.status,
      FailingStreak: health.failingStreak,
      Log: health.log.map((probe) => ({
        Start: probe.start,
        End: probe.end,
        ExitCode: probe.exitCode,
        Output: probe.output,
      })),
    },
  }
}

/** The words of `docker ps`: `Up 2 minutes (healthy)`, `Exited (0) 3 seconds ago`. */
export function statusText({ state }: Pick<Container, 'state'>, now = Date.now()): string {
  const since = (moment: string | undefined) => humanDuration(now - Date.parse(moment ?? never))
  const waiting = state.waitingFor === undefined ? '' : ` (${state.waitingFor})`
  switch (state.status) {
    case 'running':
      return `Up ${since(state.startedAt)}${healthText(state)}${waiting}`
    case 'paused':
      return `Up ${since(state.startedAt)} (Paused)${waiting}`
    case 'restarting':
      return `Restarting (${state.exitCode}) ${since(state.finishedAt)} ago${waiting}`
    case 'removing':
      return 'Removal In Progress'
    case 'dead':
      return 'Dead'
    case 'created':
      return `Created${waiting}`
    default:
      return `Exited (${state.exitCode}) ${since(state.finishedAt)} ago${waiting}`
  }
}

function healthText({ health }: ContainerState): string {
  if (health === undefined || health.status === 'none') return ''
  return health.status === 'starting' ? ' (health: starting)' : ` (${health.status})`
}

function isAlive({ status }: ContainerState): boolean {
  return status === 'running' || status === 'paused' || status === 'restarting'
}
