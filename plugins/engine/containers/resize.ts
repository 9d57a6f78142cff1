import { codedError, hasCode } from '@moby/contracts'
import type { ContainerContext } from './container-context.ts'
import { tell } from './container-events.ts'
import { isRunning } from './container-record.ts'

/** Sets the size of a container's terminal. Fails with CONTAINER_NOT_RUNNING. */
export async function resizeContainer(
  context: ContainerContext,
  { ref, height, width }: { ref: string; height: number; width: number },
): Promise<void> {
  const record = context.store.find(ref)
  const { id } = record
  const notRunning = () => codedError('CONTAINER_NOT_RUNNING', `container ${id} is not running`)
  if (!isRunning(record)) throw notRunning()
  try {
    await context.runtimes.get(record.drivers.runtime).resize({ id, height, width })
  } catch (error) {
    if (hasCode(error, 'RUNTIME_TASK_NOT_FOUND', 'RUNTIME_TASK_STATE')) throw notRunning()
    throw error
  }
  tell(context, record, 'resize', { height: String(height), width: String(width) })
}
