import type { ContainerContext } from './container-context.ts'
import { closeOutput, openOutput } from './open-output.ts'

const firstPauseMs = 200
const longestPauseMs = 30_000

/**
 * Carries to its log what the log driver did not take when the run of a container ended, because it was away or
 * stuck: tries again until the driver has it. A new run carries it along, a removal ends it.
 */
export function flushLater(context: ContainerContext, id: string, pauseMs = firstPauseMs): void {
  setTimeout(() => void attempt(context, id, pauseMs), pauseMs).unref()
}

async function attempt(context: ContainerContext, id: string, pauseMs: number): Promise<void> {
  const done = await context.locks.run(id, () => flush(context, id))
  if (!done) flushLater(context, id, Math.min(longestPauseMs, pauseMs * 2))
}

/** True when nothing is left to be done here. */
async function flush(context: ContainerContext, id: string): Promise<boolean> {
  const record = context.store.get(id)
  const live = context.lives.of(id)
  if (context.closing.aborted || record === undefined || live.run !== undefined || live.output !== undefined)
    return true
  live.isFlushing = true
  try {
    const output = await openOutput(context, record)
    const done = await output.drain()
    await closeOutput(context, id)
    return done
  } catch {
    // The driver is still away.
    return false
  } finally {
    live.isFlushing = false
  }
}
