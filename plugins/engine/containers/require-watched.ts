import { codedError } from '@moby/contracts'
import type { ContainerContext } from './container-context.ts'
import { isRunning, type ContainerRecord } from './container-record.ts'

/**
 * Refuses what needs the process of a container that has one and that nobody watches, because its runtime driver is not
 * in the assembly. Fails with DRIVER_AWAY.
 */
export function requireWatched(context: Pick<ContainerContext, 'lives'>, record: ContainerRecord): void {
  if (!isRunning(record) || context.lives.of(record.id).run !== undefined) return
  throw codedError(
    'DRIVER_AWAY',
    `container ${record.name} is running and waits for runtime driver "${record.drivers.runtime}"`,
    { hint: 'Put that driver back into the assembly and start the engine again.' },
  )
}
