import type { Exit } from '@moby/contracts'
import type { ExecState } from '../exec/exec-state.ts'
import type { HealthMonitor } from '../health/health-monitor.ts'
import { Copies } from './copy/copies.ts'
import type { Output } from './ports.ts'

/** One run of a container's process, from its start until its end has been dealt with. */
export interface Run {
  readonly output: Output
  /** Of `performance.now()`, or undefined when the engine took the run up from an earlier engine. */
  readonly startedMs?: number | undefined
  /** True from the moment at which the process is known to have ended. */
  isEnding: boolean
  /** SIGKILL has been sent. */
  isKilled: boolean
  /** Settles when the end has been dealt with: state written, mounts and links gone. Never rejects. */
  readonly ended: Promise<void>
  readonly settle: () => void
}

/** How a container left the running state, or the list of containers. */
export interface Ending {
  readonly exitCode: number
  readonly error?: string | undefined
}

/** What is known of a container in memory alone. All of it can be lost and found again. */
export class LiveContainer {
  run: Run | undefined
  /** Pending while the engine, after its start, finds out what became of the container. */
  settled: Promise<void> = Promise.resolve()
  /** Opened by the first attach or by start, whichever comes first; closed when the run has ended. */
  output: Promise<Output> | undefined
  /** Somebody ended the standard input before the process was there to be told. */
  inputEnded = false
  /** What an earlier run left is on its way to the log. */
  isFlushing = false
  attachments = 0
  readonly execs = new Map<string, ExecState>()
  readonly copies = new Copies()
  restartTimer: NodeJS.Timeout | undefined
  /** Milliseconds that the last automatic restart waited. */
  restartDelayMs = 0
  /** Set by whoever asked for the removal; a second one is told. */
  isRemoving = false
  /** A restart by the user is under way: the end of the process is not the end of the container. */
  isRestarting = false
  /** Of the present run, where the container has a health check. */
  health: HealthMonitor | undefined
  readonly #onExit = new Set<(ending: Ending) => void>()
  readonly #onRemoved = new Set<(ending: Ending) => void>()

  /** Calls back at the next exit; the answer takes the registration back. */
  nextExit(callback: (ending: Ending) => void): () => void {
    this.#onExit.add(callback)
    return () => this.#onExit.delete(callback)
  }

  whenRemoved(callback: (ending: Ending) => void): () => void {
    this.#onRemoved.add(callback)
    return () => this.#onRemoved.delete(callback)
  }

  tellExit(ending: Ending): void {
    for (const callback of this.#onExit) callback(ending)
    this.#onExit.clear()
  }

  tellRemoved(ending: Ending): void {
    for (const callback of this.#onRemoved) callback(ending)
    this.#onRemoved.clear()
    this.#onExit.clear()
  }

  cancelRestart(): void {
    clearTimeout(this.restartTimer)
    this.restartTimer = undefined
  }
}

export class LiveContainers {
  readonly #lives = new Map<string, LiveContainer>()

  of(id: string): LiveContainer {
    const known = this.#lives.get(id)
    if (known !== undefined) return known
    const made = new LiveContainer()
    this.#lives.set(id, made)
    return made
  }

  find(id: string): LiveContainer | undefined {
    return this.#lives.get(id)
  }

  all(): IterableIterator<[string, LiveContainer]> {
    return this.#lives.entries()
  }

  forget(id: string): void {
    this.#lives.delete(id)
  }
}

export function newRun(output: Output, startedMs?: number): Run {
  const { promise, resolve } = Promise.withResolvers<void>()
  return {
    output,
    ...(startedMs === undefined ? {} : { startedMs }),
    isEnding: false,
    isKilled: false,
    ended: promise,
    settle: resolve,
  }
}

/** Exit of a process that nobody saw end. */
export const unknownExit = (exitedAt: string): Exit => ({ exitCode: 255, exitedAt })
