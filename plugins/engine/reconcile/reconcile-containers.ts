import type { ContainerContext } from '../containers/container-context.ts'
import { isRunning, type ContainerRecord } from '../containers/container-record.ts'
import { anonymousVolumes } from '../containers/create.ts'
import { releaseVolumes } from '../containers/copy/open-copy.ts'
import { removeImages } from '../containers/image-mounts.ts'
import { endProcess } from '../containers/end-process.ts'
import { launch } from '../containers/launch.ts'
import { removeLocked } from '../containers/remove-locked.ts'
import { wantsStartWithEngine } from '../containers/restart-policy.ts'
import { scheduleRestart } from '../containers/schedule-restart.ts'
import { parseSignal } from '../spec/signals.ts'
import { reconnect } from './reconnect.ts'

const atOnce = 8

/**
 * Brings records and host together after a start of the engine, each container under its lock and in the background:
 * calls that need a container wait for it alone. Answers when all are done.
 */
export async function reconcileContainers(context: ContainerContext): Promise<void> {
  const turns = new Turns(atOnce)
  await Promise.all(
    context.store.all().map((record) => {
      const work = context.locks.run(record.id, () => turns.run(() => attempt(context, record)))
      context.lives.of(record.id).settled = work
      return work
    }),
  )
  await startThoseThatShouldRun(context)
  finishStops(context)
}

async function attempt(context: ContainerContext, record: ContainerRecord): Promise<void> {
  try {
    await reconcile(context, record)
  } catch (error) {
    context.log.error('a container was not reconciled', { container: record.name, error: String(error) })
  }
}

async function reconcile(context: ContainerContext, record: ContainerRecord): Promise<void> {
  // Whoever copied files is gone with the last engine.
  if (['created', 'exited', 'restarting', 'dead'].includes(record.status)) await releaseVolumes(context, record)
  switch (record.status) {
    case 'creating':
      await undoCreation(context, record)
      break
    case 'removing':
      await removeLocked(context, record.id, { volumes: record.removeVolumes === true, durability: 'process' })
      break
    case 'starting':
    case 'running':
    case 'paused':
      await reconnect(context, record)
      break
    case 'restarting':
      scheduleRestart(context, record.id, 0)
      break
    case 'exited':
      // The last engine died between the end of the container and its removal.
      if (record.spec.autoRemove === true) {
        await removeLocked(context, record.id, { volumes: true, durability: 'process' })
      }
      break
    default:
  }
}

/** The creation was never acknowledged: nobody knows the container. */
async function undoCreation(context: ContainerContext, record: ContainerRecord): Promise<void> {
  await context.storage.get(record.drivers.storage).remove({ key: record.id })
  await removeImages(context, record)
  await context.volumes.releaseAnonymous(anonymousVolumes(record), record.id)
  await context.store.delete(record.id, 'process')
}

/** Starts what its policy wants up whenever the engine is. */
async function startThoseThatShouldRun(context: ContainerContext): Promise<void> {
  for (const { id } of context.store.list()) {
    if (context.closing.aborted) return
    await context.locks.run(id, async () => {
      const record = context.store.get(id)
      if (record?.status !== 'exited' || record.startedAt === undefined) return
      if (!wantsStartWithEngine(record.spec.restart, record)) return
      try {
        await launch(context, id)
      } catch (error) {
        context.log.warn('a container was not started with the engine', {
          container: record.name,
          error: String(error),
        })
      }
    })
  }
}

/** A stop that the last engine had begun is carried through. */
function finishStops(context: ContainerContext): void {
  for (const record of context.store.list()) {
    if (!record.stopRequested || !isRunning(record)) continue
    const signal = parseSignal(record.process.stopSignal || 'SIGTERM')
    const timeoutSeconds = record.spec.stopTimeout ?? context.config.stopTimeout
    endProcess(context, record.id, { signal, timeoutSeconds, byUser: record.stoppedByUser }).catch((error: unknown) => {
      context.log.warn('a stop was not finished', { container: record.name, error: String(error) })
    })
  }
}

/** Lets so many work at once. */
class Turns {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(size: number) {
    this.#free = size
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}
