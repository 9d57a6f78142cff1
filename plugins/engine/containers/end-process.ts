import { codedError, hasCode } from '@moby/contracts'
import { constants } from 'node:os'
import type { ContainerContext } from './container-context.ts'
import { tell } from './container-events.ts'
import type { Run } from './live-containers.ts'

export interface Ending {
  readonly signal: number
  /** Seconds until SIGKILL; -1 waits without end. Means nothing for SIGKILL itself. */
  readonly timeoutSeconds: number
  /** False when the engine itself ends the container, so that restart policies apply at its next start. */
  readonly byUser?: boolean | undefined
}

/** Seconds within which a process must be gone after SIGKILL. */
const killSeconds = 20

/** Ends the process of a container by a signal and, when that does not do, by SIGKILL; answers once the end has been dealt with. */
export async function endProcess(context: ContainerContext, id: string, ending: Ending): Promise<void> {
  const { run } = context.lives.of(id)
  if (run === undefined) return
  await markStopped(context, id, ending.byUser !== false)
  const { SIGKILL } = constants.signals
  if (ending.signal !== SIGKILL) {
    await signalUnlessEnded(context, id, run, ending.signal)
    if (await endsWithin(run, ending.timeoutSeconds)) return
  }
  await signalUnlessEnded(context, id, run, SIGKILL)
  if (await endsWithin(run, killSeconds)) return
  throw codedError('CONTAINER_STATE', `container ${id}: the process did not end within ${killSeconds} s of SIGKILL`, {
    hint: 'A process that waits for a device or a network file system cannot be killed until that answers.',
  })
}

/**
 * One signal after another: shims stall when many arrive at once, and a second SIGKILL adds nothing. The end of the run
 * is answer enough, since a shim that went with its container may leave a signal unanswered.
 */
async function signalUnlessEnded(context: ContainerContext, id: string, run: Run, signal: number): Promise<void> {
  const sent = context.signals.run(id, async () => {
    if (run.isEnding || run.isKilled) return
    run.isKilled = signal === constants.signals.SIGKILL
    try {
      await signalProcess(context, id, signal)
    } catch (error) {
      run.isKilled = false
      if (!run.isEnding) throw error
    }
  })
  await Promise.race([sent, run.ended])
}

/** Sends a signal. A frozen container is thawed when the signal is to end it. Fails with CONTAINER_NOT_RUNNING. */
export async function signalProcess(context: ContainerContext, id: string, signal: number): Promise<void> {
  const record = context.store.current(id)
  const runtime = context.runtimes.get(record.drivers.runtime)
  try {
    await runtime.kill({ id, signal })
  } catch (error) {
    if (hasCode(error, 'RUNTIME_TASK_NOT_FOUND', 'RUNTIME_TASK_STATE')) return
    throw error
  }
  tell(context, record, 'kill', { signal: String(signal) })
  if (record.status !== 'paused') return
  try {
    await runtime.resume({ id })
  } catch (error) {
    // Some runtimes thaw a container themselves to kill it, and it may be gone already.
    if (!hasCode(error, 'RUNTIME_TASK_NOT_FOUND', 'RUNTIME_TASK_STATE', 'RUNTIME_SHIM_LOST')) throw error
  }
  await context.store.update(
    id,
    (current) => (current.status === 'paused' ? { ...current, status: 'running' } : current),
    'process',
  )
}

/** From now on restart policies leave the container alone, and a new engine would finish the stop. */
async function markStopped(context: ContainerContext, id: string, byUser: boolean): Promise<void> {
  context.lives.of(id).cancelRestart()
  await context.store.update(id, { stopRequested: true, ...(byUser ? { stoppedByUser: true } : {}) }, 'process')
}

/** Whether a run ends in time; -1 waits without end. */
export async function endsWithin(run: Run, seconds: number): Promise<boolean> {
  if (seconds < 0) {
    await run.ended
    return true
  }
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000, false)
  })
  try {
    return await Promise.race([run.ended.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
