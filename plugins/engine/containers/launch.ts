import { performance } from 'node:perf_hooks'
import { Undo } from '../concurrency/undo.ts'
import { withPrefix } from '../errors/with-prefix.ts'
import { writeBaseFiles } from './base-files.ts'
import { writeBundle } from './bundle.ts'
import type { ContainerContext } from './container-context.ts'
import { tell } from './container-events.ts'
import type { ContainerRecord } from './container-record.ts'
import { tellLinking } from './linked-containers.ts'
import { newRun } from './live-containers.ts'
import { discardOutput, openOutput } from './open-output.ts'
import { removeRunFolder } from './run-folder.ts'
import { mountRoot, unmountRoot } from './root-file-system.ts'
import { releaseMounts, settleMounts } from './settle-mounts.ts'
import { prepareSharedMemory, releaseSharedMemory } from './shared-memory.ts'
import { exitCodeOfFailure, failedBefore, startFailure } from './start-failure.ts'
import { watchHealth } from '../health/watch-health.ts'
import type { NetworkPlan } from '../networks/container-networking.ts'
import { sharedNetworkOf } from '../networks/default-network.ts'
import { watchRun } from './watch-run.ts'

/**
 * Brings a container that is not running to life; the caller holds its lock. The intention is persisted first and the
 * result last, and on any failure all that was made is taken back in reverse order.
 */
export async function launch(context: ContainerContext, id: string): Promise<void> {
  const before = context.store.current(id)
  const fallback = statusWithoutStart(before)
  await context.store.update(
    id,
    { status: 'starting', statusBeforeStart: fallback, stoppedByUser: false, stopRequested: false, error: '' },
    'process',
  )
  const undo = new Undo()
  try {
    // Its tree must not be mounted a second time while somebody writes to it.
    await context.lives.of(id).copies.writersDone()
    await bringUp(context, id, undo)
  } catch (error) {
    await undo.run((failure) => context.log.warn('a start was not undone', { container: id, error: String(failure) }))
    const failure = startFailure(error)
    await context.store.update(
      id,
      {
        status: fallback,
        pid: 0,
        exitCode: failure === error ? failedBefore : exitCodeOfFailure(failure.message),
        error: failure.message,
      },
      'process',
    )
    throw failure
  }
}

async function bringUp(context: ContainerContext, id: string, undo: Undo): Promise<void> {
  const record = context.store.current(id)
  const live = context.lives.of(id)
  // First, so last: an attachment that came before the start ends once all else is undone.
  undo.add(() => discardOutput(context, id))
  undo.add(() => removeRunFolder(context, id))
  undo.add(() => unmountRoot(context, id))
  const rootfs = await mountRoot(context, record)
  if (record.startedAt === undefined) writeBaseFiles(rootfs)
  undo.add(() => releaseMounts(context, record))
  const mounts = await settleMounts(context, record, rootfs)
  undo.add(() => releaseSharedMemory(context, id))
  const shmFolder = prepareSharedMemory(context, record)
  undo.add(() => context.networking.takeDown(id))
  const output = await openOutput(context, record)
  const tellLog = async () => {
    if (output.logPath !== record.logPath) await context.store.update(id, { logPath: output.logPath }, 'process')
  }
  const plan = await bringUpNetworks(context, id).catch(async (error: unknown) => {
    await tellLog()
    throw error
  })
  const bundle = writeBundle(context, context.store.current(id), { plan, rootfs, mounts, shmFolder })
  // With dockerd networks come after bundle and log: a container whose bundle cannot be written has no log, one whose
  // networks fail has.
  await tellLog()
  tellLinking(context, id)
  const runtime = context.runtimes.get(record.drivers.runtime)
  undo.add(() => runtime.delete({ id, force: true }))
  const names = context.networking.names.publish(id)
  await runtime.create({ id, bundle, stdio: output.stdio })
  await names
  const { pid } = await runtime.start({ id })
  if (live.inputEnded) await runtime.closeStdin({ id })
  const run = newRun(output, performance.now())
  const started = await context.store.update(
    id,
    (current) => ({ ...running(current, context), pid, sandboxId: current.sandboxId }),
    'process',
  )
  live.run = run
  tell(context, started, 'start')
  watchRun(context, id, run)
  watchHealth(context, id)
}

/** What the container goes back to when this start fails: one that its policy starts again waits for the next try. */
function statusWithoutStart({ status }: ContainerRecord): 'created' | 'exited' | 'restarting' {
  if (status === 'created' || status === 'starting') return 'created'
  return status === 'restarting' ? 'restarting' : 'exited'
}

/** Docker's clients tell a start that fails by its network from others by the words in front. */
async function bringUpNetworks({ networking, store }: ContainerContext, id: string): Promise<NetworkPlan> {
  try {
    return await networking.bringUp(id)
  } catch (error) {
    // Of a network that is that of another container, nothing is set up.
    if (sharedNetworkOf(store.current(id).spec) !== undefined) throw error
    throw withPrefix(error, 'failed to set up container networking')
  }
}

function running(record: ContainerRecord, { clock }: Pick<ContainerContext, 'clock'>): ContainerRecord {
  const { statusBeforeStart: _before, ...rest } = record
  return { ...rest, status: 'running', startedAt: clock.now(), exitCode: 0, oomKilled: false, error: '' }
}
