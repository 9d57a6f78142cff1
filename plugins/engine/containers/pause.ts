import { codedError } from '@moby/contracts'
import type { ContainerContext } from './container-context.ts'
import { tell } from './container-events.ts'

/**
 * Freezes a running container; `by` tells for what the engine itself does it, so that the next engine undoes it. Fails
 * with CONTAINER_NOT_RUNNING, CONTAINER_STATE, HOST_LACKS.
 */
export async function pauseContainer(context: ContainerContext, ref: string, by?: 'commit'): Promise<void> {
  const { id } = context.store.find(ref)
  await context.locks.run(id, async () => {
    const record = context.store.current(id)
    if (record.status === 'paused') throw codedError('CONTAINER_STATE', `Container ${id} is already paused`)
    if (record.status === 'restarting') {
      throw codedError('CONTAINER_STATE', `Container ${id} is restarting, wait until the container is running`)
    }
    if (record.status !== 'running' || context.lives.of(id).run?.isEnding !== false) {
      throw codedError('CONTAINER_NOT_RUNNING', `container ${id} is not running`)
    }
    if (by !== undefined) await context.store.update(id, { pausedFor: by }, 'process')
    await context.runtimes.get(record.drivers.runtime).pause({ id })
    tell(context, await context.store.update(id, { status: 'paused', pausedFor: by }, 'process'), 'pause')
  })
}

/** Thaws a paused container. Fails with CONTAINER_STATE. */
export async function unpauseContainer(context: ContainerContext, ref: string): Promise<void> {
  const { id } = context.store.find(ref)
  await context.locks.run(id, async () => {
    const record = context.store.current(id)
    if (record.status !== 'paused') throw codedError('CONTAINER_STATE', `Container ${id} is not paused`)
    await context.runtimes.get(record.drivers.runtime).resume({ id })
    tell(context, await context.store.update(id, { status: 'running', pausedFor: undefined }, 'process'), 'unpause')
  })
}
