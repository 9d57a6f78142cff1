import { codedError } from '@moby/contracts'
import { constants } from 'node:os'
import { withPrefix } from '../errors/with-prefix.ts'
import { parseSignal } from '../spec/signals.ts'
import type { ContainerContext } from './container-context.ts'
import { isRunning } from './container-record.ts'
import { requireWatched } from './require-watched.ts'
import { endProcess, signalProcess } from './end-process.ts'

/** Sends a signal, SIGKILL unless told otherwise; after SIGKILL it answers once the container has ended. */
export async function killContainer(context: ContainerContext, request: { ref: string; signal?: string | undefined }) {
  const { number, record } = naming(request.ref, () => ({
    number: parseSignal(request.signal || 'SIGKILL'),
    record: context.store.find(request.ref),
  }))
  if (!isRunning(record) || context.lives.of(record.id).run?.isEnding === true) {
    throw codedError(
      'CONTAINER_NOT_RUNNING',
      `cannot kill container: ${request.ref}: container ${record.id} is not running`,
    )
  }
  requireWatched(context, record)
  if (number === constants.signals.SIGKILL) {
    await endProcess(context, record.id, { signal: number, timeoutSeconds: -1 })
    return
  }
  if (number === parseSignal(record.process.stopSignal || 'SIGTERM')) {
    await context.store.update(record.id, { stoppedByUser: true }, 'process')
  }
  await signalProcess(context, record.id, number)
}

/** Says of an error what could not be done, in Docker's words. */
function naming<T>(ref: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw withPrefix(error, `cannot kill container: ${ref}`)
  }
}
