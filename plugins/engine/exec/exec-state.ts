import type { ContainerSpec, RequestOf, engineExec } from '@moby/contracts'
import type { Output } from '../containers/ports.ts'

export type ExecSpec = RequestOf<typeof engineExec, 'create'>['spec']

/** A further process of a container. Kept in memory until the container's run ends. */
export interface ExecState {
  readonly id: string
  readonly containerId: string
  readonly spec: ExecSpec
  status: 'created' | 'starting' | 'running' | 'exited'
  pid: number
  exitCode?: number | undefined
  output?: Output | undefined
  /** Calls of those who wait for its end. */
  readonly ended: PromiseWithResolvers<number>
}

export type ConsoleSize = NonNullable<ContainerSpec['consoleSize']>
