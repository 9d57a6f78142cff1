import { hasCode, isCodedError, type Exit, type TaskState } from '@moby/contracts'
import type { ContainerContext } from '../containers/container-context.ts'
import { tell } from '../containers/container-events.ts'
import { ContainerPaths } from '../containers/container-paths.ts'
import type { ContainerRecord } from '../containers/container-record.ts'
import { endRunLocked } from '../containers/end-run.ts'
import { newRun, unknownExit } from '../containers/live-containers.ts'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { sweepKeepers } from '../output/sweep-keepers.ts'
import { removeLocked } from '../containers/remove-locked.ts'
import { scheduleRestart } from '../containers/schedule-restart.ts'
import { openOutput, outputFolder } from '../containers/open-output.ts'
import { takeDown } from '../containers/take-down.ts'
import { watchRun } from '../containers/watch-run.ts'
import { watchHealth } from '../health/watch-health.ts'

/**
 * Finds out what became of a container that had a process, or was about to get one, when the last engine ended. What
 * runs is taken up, what ended is dealt with as if it ended now, what never quite started is undone. The caller holds
 * the lock. A container whose runtime driver is away is left as it is.
 */
export async function reconnect(context: ContainerContext, record: ContainerRecord): Promise<void> {
  const { id } = record
  const wasStarting = record.status === 'starting'
  const found = await findTask(context, record)
  if (found === 'away') return
  if (found === undefined || found.status === 'created') {
    if (wasStarting) await undoStart(context, record)
    else await end(context, id, record.exit ?? unknownExit(context.clock.now()))
    return
  }
  if (found.status === 'stopped') {
    const exit = found.exit ?? record.exit ?? unknownExit(context.clock.now())
    if (wasStarting) await context.store.update(id, { startedAt: exit.exitedAt }, 'process')
    await end(context, id, exit)
    return
  }
  // Execs of the last engine are not known any more; nobody will read their streams.
  await forgetExecs(outputFolder(context, id, ''))
  const run = newRun(await openOutput(context, record))
  await context.store.update(
    id,
    (current) => ({
      ...current,
      status: found.status === 'paused' ? 'paused' : 'running',
      pid: found.pid,
      startedAt: wasStarting ? context.clock.now() : (current.startedAt ?? context.clock.now()),
    }),
    'process',
  )
  context.lives.of(id).run = run
  watchRun(context, id, run)
  watchHealth(context, id)
  await context.networking.finishChanges(id)
  if (found.status === 'paused' && record.pausedFor !== undefined) await goOn(context, id)
}

/** The work is gone that a container stood still for. */
async function goOn(context: ContainerContext, id: string): Promise<void> {
  const { drivers } = context.store.current(id)
  await context.runtimes.get(drivers.runtime).resume({ id })
  tell(context, await context.store.update(id, { status: 'running', pausedFor: undefined }, 'process'), 'unpause')
}

async function forgetExecs(folder: string): Promise<void> {
  if (!existsSync(folder)) return
  sweepKeepers(folder, () => false)
  await rm(folder, { recursive: true, force: true })
}

async function findTask(context: ContainerContext, record: ContainerRecord): Promise<TaskState | 'away' | undefined> {
  const { id, drivers } = record
  try {
    return await context.runtimes
      .get(drivers.runtime)
      .reconnect({ id, bundle: new ContainerPaths(context.folders, id).run })
  } catch (error) {
    if (hasCode(error, 'RUNTIME_TASK_NOT_FOUND', 'RUNTIME_SHIM_LOST')) return undefined
    if (hasCode(error, 'DRIVER_AWAY', 'DRIVER_UNKNOWN')) return 'away'
    context.log.error('a container could not be reconnected', {
      container: record.name,
      error: isCodedError(error) ? `${error.code}: ${error.message}` : String(error),
    })
    return undefined
  }
}

/** Gives what the process had written to the log, and deals with its end. */
async function end(context: ContainerContext, id: string, exit: Exit): Promise<void> {
  const run = newRun(await openOutput(context, context.store.current(id)))
  context.lives.of(id).run = run
  await endRunLocked(context, id, run, exit)
  run.settle()
}

async function undoStart(context: ContainerContext, record: ContainerRecord): Promise<void> {
  await takeDown(context, record.id)
  const status = record.statusBeforeStart ?? 'created'
  await context.store.update(record.id, { status, pid: 0 }, 'process')
  if (status === 'restarting') scheduleRestart(context, record.id, 0)
  // The start was the second half of a restart: the container has ended, and that was to be its end.
  if (status !== 'exited' || record.spec.autoRemove !== true) return
  await removeLocked(context, record.id, { volumes: true, durability: 'process' })
}
