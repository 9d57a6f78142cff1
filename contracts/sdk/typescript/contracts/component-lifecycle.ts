// Written from the contract by `npm run docs`; not to be edited.

import type { Call } from '../component.ts'

export interface StopRequest {
  /** leave-containers: workloads go on without the engine; stop-containers: end them and clean up */
  readonly reason: 'leave-containers' | 'stop-containers'
}

export interface HealthResponse {
  /** degraded: it works with restrictions */
  readonly status: 'ready' | 'degraded'
  /** What is restricted, for `moby status` */
  readonly reason?: string | undefined
}

/** component.lifecycle 0.1.0: How the kernel starts, watches and stops a component that runs in a process of its own. */
export interface Driver {
  /** Called once every component of the assembly has been created, and after each restart of the process: the place to take up work that was left. The kernel gives up after startDeadlineMs of the descriptor. */
  start(request: Record<string, never>, call?: Call): Promise<Record<string, never>>

  /** Called when users of the component have stopped. After the answer, or after stopDeadlineMs of the descriptor, the process is sent SIGTERM. */
  stop(request: StopRequest, call?: Call): Promise<Record<string, never>>

  /** Asked every few seconds; a component that does not answer several times is ended and started again. */
  health(request: Record<string, never>, call?: Call): Promise<HealthResponse>
}
