import type { ComponentContext, Health, RunMode, RunningComponent } from '@moby/contracts'
import type { Requirement } from '../kernel/requirements.ts'
import type { Member } from './member.ts'

/** A component that was created, in whichever way it runs. */
export interface Running extends RunningComponent {
  /** Settles with the reason when it ended without being asked to; absent for what ends with the engine alone. */
  readonly lost?: Promise<Error>
  /** As `discover`, for one that cannot answer in the turn in which it is asked. */
  seek?(contract: string, name: string): Promise<void>
  /** Asks whether it works. Fails when it does not answer in time. */
  health?(): Promise<Health>
  /** Ends it at once, whatever state it is in; `reason` is what `lost` then settles with. */
  kill?(reason: Error): Promise<void>
}

/** What a component is made with. */
export interface Surroundings {
  readonly context: ComponentContext
  readonly requirements: readonly Requirement[]
  /** Milliseconds. */
  readonly startDeadlineMs: number
  readonly stopDeadlineMs: number
}

/** A way to run components. */
export interface Runner {
  /** Begins what needs nobody else: it fills the time in which others wait. Does not throw. */
  prepare(member: Member): void
  /** Settles within the start deadline. What it had begun is gone, or will be, when it throws. */
  create(member: Member, surroundings: Surroundings): Promise<Running>
}

/** The ways that this kernel knows. */
export type Runners = Readonly<Partial<Record<RunMode, Runner>>>
