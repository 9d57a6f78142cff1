import type { ContainerContext } from '../containers/container-context.ts'
import { endProcess } from '../containers/end-process.ts'
import { parseSignal } from '../spec/signals.ts'

/** Stops every container at once, each with its own signal and time, and puts nothing up again. */
export async function stopAll(context: ContainerContext): Promise<void> {
  await Promise.all(
    context.store.list().map(async (record) => {
      const live = context.lives.of(record.id)
      await live.settled
      live.cancelRestart()
      // Whoever is just starting it is waited for.
      await context.locks.run(record.id, () => undefined)
      try {
        await endProcess(context, record.id, {
          signal: parseSignal(record.process.stopSignal || 'SIGTERM'),
          timeoutSeconds: Math.max(record.spec.stopTimeout ?? context.config.stopTimeout, 0),
          byUser: false,
        })
      } catch (error) {
        context.log.warn('a container was not stopped', { container: record.name, error: String(error) })
      }
    }),
  )
}
