import type { CodedError } from '@moby/contracts'
import type { Member } from '../lifecycle/member.ts'
import type { Surroundings } from '../lifecycle/runner.ts'
import type { RunFiles } from './run-files.ts'

/** The process of a component, wherever it runs. Its output goes to the log of the component. */
export interface StartedProcess {
  readonly hasEnded: boolean
  /** Settles, never fails, when it has ended and its last lines were read. */
  readonly ended: Promise<CodedError>
  signal(name: NodeJS.Signals): void
  /** Ends it and all that it started; answers when it has ended. */
  kill(): Promise<void>
}

/** What a process is started for. */
export interface Start {
  readonly member: Member
  readonly surroundings: Surroundings
  /** The file with its context is written. */
  readonly files: RunFiles
}

/** A way to start the process of a component, on the host or in a container. Nothing is left when it fails. */
export type ProcessStarter = (start: Start) => Promise<StartedProcess>
