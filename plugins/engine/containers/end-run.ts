import type { Exit } from '@moby/contracts'
import { performance } from 'node:perf_hooks'
import type { ContainerContext } from './container-context.ts'
import { tell } from './container-events.ts'
import type { ContainerRecord } from './container-record.ts'
import type { Run } from './live-containers.ts'
import { flushLater } from './flush-later.ts'
import { closeOutput } from './open-output.ts'
import { removeLocked } from './remove-locked.ts'
import { scheduleRestart } from './schedule-restart.ts'
import { nextDelay, wantsRestart } from './restart-policy.ts'
import { takeDown } from './take-down.ts'
import { endExecs } from '../exec/end-execs.ts'

/** Deals with the end of a run: output drained, everything on the host taken back, state written, those who wait told. */
export async function endRun(context: ContainerContext, id: string, run: Run, exit: Exit): Promise<void> {
  run.isEnding = true
  await context.locks.run(id, () => endRunLocked(context, id, run, exit))
}

/** The same for a caller that holds the lock of the container. */
export async function endRunLocked(context: ContainerContext, id: string, run: Run, exit: Exit): Promise<void> {
  run.isEnding = true
  if (context.store.get(id) === undefined) return
  const live = context.lives.of(id)
  if (live.run !== run) return
  live.health?.stop()
  live.health = undefined
  // The shim holds the streams until its task is deleted: draining first would wait for its deadline.
  const [isLogged] = await Promise.all([
    run.output.drain({ hurried: isEnded(context, id, run) }).catch(() => true),
    context.store.update(id, { exit }, 'process').then(() => takeDown(context, id)),
  ])
  endExecs(context, id)
  const ended = await context.store.update(id, (current) => finish(context, current, exit), 'process')
  await closeOutput(context, id)
  live.run = undefined
  if (!isLogged) flushLater(context, id)
  tell(context, ended, 'die', {
    exitCode: String(exit.exitCode),
    execDuration: String(secondsBetween(ended.startedAt, ended.finishedAt)),
  })
  await goOn(context, ended, run)
}

/** Whether somebody ended it, who must not wait for a log sink. */
function isEnded(context: ContainerContext, id: string, run: Run): boolean {
  return run.isKilled || context.store.get(id)?.stopRequested === true
}

/** After the end: restart, remove, or rest. Those who wait are told once that is settled. */
async function goOn(context: ContainerContext, record: ContainerRecord, run: Run): Promise<void> {
  const live = context.lives.of(record.id)
  const ending = { exitCode: record.exitCode }
  if (record.status === 'restarting') {
    const ranMs = run.startedMs === undefined ? Number.POSITIVE_INFINITY : performance.now() - run.startedMs
    live.restartDelayMs = nextDelay(live.restartDelayMs, ranMs)
    live.tellExit(ending)
    scheduleRestart(context, record.id, live.restartDelayMs)
    return
  }
  live.tellExit(ending)
  if (record.spec.autoRemove !== true || live.isRestarting) return
  await removeLocked(context, record.id, { volumes: true, durability: 'process' })
}

/**
 * One that its policy starts again is never seen as ended: whoever sees `exited` may read its log and remove it. While
 * the engine closes, what the policy wants is for the next one.
 */
function finish(
  { closing }: Pick<ContainerContext, 'closing'>,
  { exit: _dealtWith, ...record }: ContainerRecord,
  exit: Exit,
): ContainerRecord {
  const restarts = !closing.aborted && wantsRestart(record.spec.restart, { ...record, exitCode: exit.exitCode })
  return {
    ...record,
    status: restarts ? 'restarting' : 'exited',
    restartCount: record.restartCount + (restarts ? 1 : 0),
    pid: 0,
    exitCode: exit.exitCode,
    finishedAt: exit.exitedAt,
    stopRequested: false,
  }
}

function secondsBetween(start: string | undefined, end: string | undefined): number {
  const seconds = (Date.parse(end ?? '') - Date.parse(start ?? '')) / 1000
  return Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds) : 0
}
