import type { NamedDriver, runtime } from '@moby/contracts'
import { setTimeout } from 'node:timers/promises'
import type { ContainerContext } from '../containers/container-context.ts'
import { tell } from '../containers/container-events.ts'

const pauseMs = 1000

/** Notes which containers a runtime driver saw run out of memory, until the engine stops. */
export async function watchMemory(
  context: ContainerContext,
  { name, handle }: NamedDriver<typeof runtime>,
): Promise<void> {
  while (!context.stopping.aborted) {
    try {
      for await (const event of handle.events({}, { signal: context.stopping })) {
        if (event.kind !== 'oom' || event.execId !== undefined || context.store.get(event.id) === undefined) continue
        tell(context, await context.store.update(event.id, { oomKilled: true }, 'process'), 'oom')
      }
    } catch (error) {
      if (context.stopping.aborted) return
      context.log.debug('events of a runtime driver ended', { driver: name, error: String(error) })
    }
    await setTimeout(pauseMs, undefined, { ref: false, signal: context.stopping }).catch(() => undefined)
  }
}
