import { setTimeout as sleep } from 'node:timers/promises'
import type { enginePlugins, Implementation, Logger } from '@moby/contracts'
import type { EventBus } from '../events/event-bus.ts'

/** Milliseconds before a watch that broke is begun again. */
const pauseMs = 1_000

/** Makes events of what is done with managed plugins. The answered function ends it. */
export function followPlugins(
  plugins: Implementation<typeof enginePlugins> | undefined,
  events: EventBus,
  log: Logger,
): () => void {
  const ending = new AbortController()
  const { signal } = ending
  const follow = async (watched: Implementation<typeof enginePlugins>) => {
    while (!signal.aborted) {
      try {
        for await (const { action, id, name } of watched.watch({}, { signal })) {
          events.publish('plugin', action, id, { name })
        }
      } catch (error) {
        if (!signal.aborted) log.debug('Managed plugins cannot be watched.', { error: String(error) })
      }
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }
  if (plugins !== undefined) void follow(plugins)
  return () => ending.abort()
}
