import { codedError } from '@moby/contracts'
import { rm } from 'node:fs/promises'
import type { Durability } from '../store/write.ts'
import type { ContainerContext } from './container-context.ts'
import { tell } from './container-events.ts'
import { ContainerPaths } from './container-paths.ts'
import { anonymousVolumes } from './create.ts'
import { releaseVolumes } from './copy/open-copy.ts'
import { removeImages } from './image-mounts.ts'
import { discardOutput, noLog } from './open-output.ts'

export interface Removal {
  /** Anonymous volumes go too. */
  readonly volumes: boolean
  /** What the removal has to survive once it is acknowledged. */
  readonly durability: Durability
}

/**
 * Removes a container that has no process; the caller holds its lock. The intention is persisted first, so that a
 * removal that was begun is finished after a crash. Fails with DRIVER_AWAY before anything is touched.
 */
export async function removeLocked(context: ContainerContext, id: string, removal: Removal): Promise<void> {
  const storage = context.storage.get(context.store.current(id).drivers.storage)
  const record = await context.store.update(id, { status: 'removing', removeVolumes: removal.volumes }, 'process')
  const live = context.lives.of(id)
  live.cancelRestart()
  live.isRemoving = true
  try {
    await live.copies.end(codedError('CONTAINER_STATE', `container ${id} was removed while its files were copied`))
    await releaseVolumes(context, record)
    await discardOutput(context, id)
    if (record.drivers.log !== noLog) await context.forgottenLogs.remove(record.drivers.log, id)
    await storage.remove({ key: id })
    await removeImages(context, record)
    if (removal.volumes) await context.volumes.releaseAnonymous(anonymousVolumes(record), id)
    await rm(new ContainerPaths(context.folders, id).data, { recursive: true, force: true })
    await context.store.delete(id, removal.durability)
  } catch (error) {
    live.isRemoving = false
    await context.store.update(id, { status: 'dead', error: String(error) }, 'process')
    throw error
  }
  tell(context, record, 'destroy')
  live.tellRemoved({ exitCode: record.exitCode })
  context.lives.forget(id)
}
