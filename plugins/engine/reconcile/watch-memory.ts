import { setTimeout } from 'node:timers/promises'
import type { ContainerContext } from '../containers/container-context.ts'
import { tell } from '../containers/container-events.ts'

const pauseMs = 1000

/** How often a driver that the assembly does not have is looked for: one that is being added appears soon. */
const longestAbsence = 60

/** Notes which containers a runtime driver saw run out of memory, until the engine stops or the driver is gone. */
export async function watchMemory(context: ContainerContext, name: string): Promise<void> {
  for (let absent = 0; !context.stopping.aborted && absent < longestAbsence;) {
    absent = context.runtimes.has(name) ? 0 : absent + 1
    try {
      for await (const event of context.runtimes.get(name).events({}, { signal: context.stopping })) {
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
