import type { ContainerContext } from './container-context.ts'
import { tell } from './container-events.ts'
import { startContainer } from './start.ts'
import { stopContainer, type StopRequest } from './stop.ts'

/** Stops a container if it runs, and starts it. Auto-removal waits for the stop that is not followed by a start. */
export async function restartContainer(context: ContainerContext, request: StopRequest): Promise<void> {
  const { id } = context.store.find(request.ref)
  const live = context.lives.of(id)
  live.isRestarting = true
  try {
    await stopContainer(context, { ...request, ref: id })
  } finally {
    live.isRestarting = false
  }
  await startContainer(context, id)
  tell(context, context.store.current(id), 'restart')
}
