import { codedError } from '@moby/contracts'
import type { ContainerContext } from './container-context.ts'
import type { ContainerRecord } from './container-record.ts'
import { launch } from './launch.ts'
import { removeLocked } from './remove-locked.ts'

/** Starts a container; `changed` is false when it was running already. */
export async function startContainer(context: ContainerContext, ref: string): Promise<{ changed: boolean }> {
  const { id } = context.store.find(ref)
  for (;;) {
    const outcome = await context.locks.run(id, () => startLocked(context, id))
    if (outcome !== 'ending') return { changed: outcome === 'started' }
    await context.lives.of(id).run?.ended
  }
}

async function startLocked(context: ContainerContext, id: string): Promise<'started' | 'running' | 'ending'> {
  const record = context.store.current(id)
  const live = context.lives.of(id)
  if (live.run?.isEnding === true) return 'ending'
  if (record.status === 'running') return 'running'
  refuse(record)
  live.cancelRestart()
  live.restartDelayMs = 0
  // A user's start that fails is no try of the restart policy.
  const status = record.status === 'restarting' ? 'exited' : record.status
  await context.store.update(id, { restartCount: 0, status }, 'process')
  try {
    await launch(context, id)
  } catch (error) {
    if (record.spec.autoRemove === true) await removeLocked(context, id, { volumes: true, durability: 'process' })
    throw error
  }
  return 'started'
}

function refuse(record: ContainerRecord): void {
  if (record.status === 'paused') {
    throw codedError('CONTAINER_STATE', 'cannot start a paused container, try unpause instead')
  }
  if (record.status === 'removing' || record.status === 'dead') {
    throw codedError('CONTAINER_STATE', 'container is marked for removal and cannot be started')
  }
}
