import type { ContainerContext } from './container-context.ts'
import { tell } from './container-events.ts'
import { nextDelay, wantsRestart } from './restart-policy.ts'

/** Starts a container again after a delay, unless somebody stops or starts it before. */
export function scheduleRestart(context: ContainerContext, id: string, delayMs: number): void {
  const live = context.lives.of(id)
  live.cancelRestart()
  live.restartTimer = setTimeout(() => {
    live.restartTimer = undefined
    void restartNow(context, id)
  }, delayMs)
  live.restartTimer.unref()
}

async function restartNow(context: ContainerContext, id: string): Promise<void> {
  try {
    await context.locks.run(id, async () => {
      const record = context.store.get(id)
      if (record?.status !== 'restarting' || context.closing.aborted) return
      if (record.stoppedByUser) {
        // The stop came while the end of the run was being dealt with.
        await context.store.update(id, { status: 'exited' }, 'process')
        return
      }
      try {
        await context.launch(id)
      } catch (error) {
        await afterFailure(context, id, error)
      }
    })
  } catch (error) {
    context.log.error('a restart failed', { container: id, error: String(error) })
  }
}

/** A restart that cannot even begin counts as a run that failed at once. */
async function afterFailure(context: ContainerContext, id: string, error: unknown): Promise<void> {
  const record = context.store.current(id)
  context.log.warn('a container could not be restarted', { container: record.name, error: String(error) })
  tell(context, record, 'die', { exitCode: String(record.exitCode) })
  if (!wantsRestart(record.spec.restart, record)) {
    await context.store.update(id, { status: 'exited', finishedAt: context.clock.now() }, 'process')
    return
  }
  const live = context.lives.of(id)
  live.restartDelayMs = nextDelay(live.restartDelayMs, 0)
  await context.store.update(
    id,
    (current) => ({ ...current, status: 'restarting', restartCount: current.restartCount + 1 }),
    'process',
  )
  scheduleRestart(context, id, live.restartDelayMs)
}
