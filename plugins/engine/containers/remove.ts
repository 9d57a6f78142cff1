import { codedError, type engineContainers, type RequestOf } from '@moby/contracts'
import type { ContainerContext } from './container-context.ts'
import type { ContainerRecord } from './container-record.ts'
import { requireWatched } from './require-watched.ts'
import { endProcess } from './end-process.ts'
import { removeLocked } from './remove-locked.ts'

type Request = RequestOf<typeof engineContainers, 'remove'>

/** Removes a container; with `force` a running one is killed first. */
export async function removeContainer(context: ContainerContext, request: Request): Promise<void> {
  const { id } = context.store.find(request.ref)
  for (;;) {
    const record = context.store.current(id)
    const live = context.lives.of(id)
    if (live.isRemoving) {
      throw codedError('CONTAINER_STATE', `removal of container ${request.ref} is already in progress`)
    }
    if (live.run !== undefined) {
      if (live.run.isEnding) await live.run.ended
      else if (request.force === true) await endProcess(context, id, { signal: 9, timeoutSeconds: -1 })
      else refuse(record)
    }
    const isGone = await context.locks.run(id, async () => {
      if (context.store.get(id) === undefined) return true
      if (live.run !== undefined) return false
      const current = context.store.current(id)
      requireWatched(context, current)
      if (current.status === 'restarting' && request.force !== true) refuse(current)
      await removeLocked(context, id, { volumes: request.volumes === true, durability: 'power-loss' })
      return true
    })
    if (isGone) return
  }
}

function refuse({ name, status }: ContainerRecord): never {
  const why =
    status === 'paused'
      ? 'container is paused and must be unpaused first'
      : `container is ${status === 'restarting' ? 'restarting' : 'running'}: stop the container before removing or force remove`
  throw codedError('CONTAINER_STATE', `cannot remove container "${name}": ${why}`)
}
