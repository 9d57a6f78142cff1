import { hasCode, type Exit } from '@moby/contracts'
import { setTimeout } from 'node:timers/promises'
import type { ContainerContext } from './container-context.ts'
import { endRun } from './end-run.ts'
import { unknownExit, type Run } from './live-containers.ts'

/** Milliseconds between attempts to wait for a process whose runtime driver fails. */
const pause = 1000

/** Waits in the background until the process of a run has ended, and deals with its end. */
export function watchRun(context: ContainerContext, id: string, run: Run): void {
  void (async () => {
    try {
      const exit = await waitForExit(context, id, run)
      if (exit !== undefined) await endRun(context, id, run, exit)
    } catch (error) {
      context.log.error('the end of a container was not dealt with', { container: id, error: String(error) })
    } finally {
      run.settle()
    }
  })()
}

/** How the process ended; undefined when the engine stops watching and leaves the container running. */
async function waitForExit(context: ContainerContext, id: string, run: Run): Promise<Exit | undefined> {
  for (;;) {
    const record = context.store.get(id)
    if (record === undefined || context.stopping.aborted) return undefined
    try {
      return await context.runtimes.get(record.drivers.runtime).wait({ id }, { signal: context.stopping })
    } catch (error) {
      if (context.stopping.aborted) return undefined
      if (hasCode(error, 'RUNTIME_TASK_NOT_FOUND', 'RUNTIME_SHIM_LOST')) {
        context.log.warn('the supervisor of a container is gone', { container: id, error: String(error) })
        return unknownExit(context.clock.now())
      }
      context.log.warn('waiting for a container failed', { container: id, error: String(error) })
      await setTimeout(pause, undefined, { ref: false })
    }
    if (run.isEnding) return undefined
  }
}
