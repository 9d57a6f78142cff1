/** Whether something is there; `unknown` after a request that the death of the engine cut short. */
export type Presence = 'there' | 'gone' | 'unknown'

export type Status = 'created' | 'running' | 'paused' | 'exited'

export const everyStatus: readonly Status[] = ['created', 'running', 'paused', 'exited']

/**
 * What a container of the campaign does. `sleeper` runs until it is killed, `polite` ends with code 5 on SIGTERM,
 * `brief` ends by itself with its own code, `stubborn` sleeps and is started again unless it was stopped, `failing` ends and is started
 * again always, `web` serves its token on a published port, `broken` has no program to run.
 */
export type Kind = 'sleeper' | 'polite' | 'brief' | 'stubborn' | 'failing' | 'web' | 'broken'

/** What is expected of one container. */
export interface ContainerModel {
  readonly id: string
  readonly kind: Kind
  /** In its output and in what it serves. */
  readonly token: string
  readonly autoRemove: boolean
  /** Of a `brief` one. */
  readonly exitCode: number
  presence: Presence
  /** One name, or two while a renaming is in doubt. */
  names: string[]
  /** Where it may be once everything has come to rest. */
  statuses: readonly Status[]
  /** Codes that are right when it has exited. */
  exitCodes: readonly number[]
  /**
   * Time in milliseconds until which a stop that was cut short may still be carried through by the next engine; 0 when
   * there is none.
   */
  endingUntil: number
  /** Starts that were acknowledged, and whether others may have happened. */
  starts: number
  startsInDoubt: boolean
  readonly networks: Map<string, Presence>
}

/** What one client has made. Clients have objects of their own, so that each knows what to expect. */
export class Model {
  readonly containers = new Map<string, ContainerModel>()
  readonly networks = new Map<string, Presence>()
  readonly volumes = new Map<string, Presence>()
  readonly tags = new Map<string, Presence>()

  /** Containers that may be there. */
  living(): ContainerModel[] {
    return [...this.containers.values()].filter(({ presence }) => presence !== 'gone')
  }
}

export function isCertain(container: ContainerModel): boolean {
  return container.presence === 'there' && container.statuses.length === 1 && container.endingUntil === 0
}
