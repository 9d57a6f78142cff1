import type { ContainerContext } from './container-context.ts'
import { tell } from './container-events.ts'
import { requireWatched } from './require-watched.ts'
import { parseSignal } from '../spec/signals.ts'
import { endProcess } from './end-process.ts'

export interface StopRequest {
  readonly ref: string
  readonly timeoutSeconds?: number | undefined
  readonly signal?: string | undefined
}

/** Stops a container; `changed` is false when it was not running. Fails with SIGNAL_UNKNOWN. */
export async function stopContainer(context: ContainerContext, request: StopRequest): Promise<{ changed: boolean }> {
  const record = context.store.find(request.ref)
  const { id } = record
  const signal = parseSignal(request.signal || record.process.stopSignal || 'SIGTERM')
  if (context.lives.of(id).run === undefined) {
    const outcome = await stopWithoutProcess(context, id)
    if (outcome !== 'has a process') return { changed: outcome === 'stopped' }
  }
  await endProcess(context, id, {
    signal,
    timeoutSeconds: request.timeoutSeconds ?? record.spec.stopTimeout ?? context.config.stopTimeout,
  })
  // It ended by itself meanwhile, and its policy had been asked before the stop was known.
  if (context.store.get(id)?.status === 'restarting') await stopWithoutProcess(context, id)
  else tell(context, context.store.get(id) ?? record, 'stop')
  return { changed: true }
}

/** Stops a container that waits for its next restart; one that was just being started has a process afterwards. */
async function stopWithoutProcess(
  context: ContainerContext,
  id: string,
): Promise<'stopped' | 'was not running' | 'has a process'> {
  return context.locks.run(id, async () => {
    const live = context.lives.of(id)
    if (live.run !== undefined) return 'has a process'
    requireWatched(context, context.store.current(id))
    if (context.store.get(id)?.status !== 'restarting') return 'was not running'
    live.cancelRestart()
    const stopped = await context.store.update(id, { status: 'exited', stoppedByUser: true }, 'process')
    tell(context, stopped, 'stop')
    return 'stopped'
  })
}
