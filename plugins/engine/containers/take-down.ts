import type { ContainerContext } from './container-context.ts'
import { unmountRoot } from './root-file-system.ts'
import { removeRunFolder } from './run-folder.ts'
import { releaseMounts } from './settle-mounts.ts'
import { releaseSharedMemory } from './shared-memory.ts'

/**
 * Takes back all that a run has on the host: task, links, addresses, mounts, bundle. Can be called at any time and
 * again; what is not there is no error, and what fails is logged so that the rest still happens.
 */
export async function takeDown(context: ContainerContext, id: string): Promise<void> {
  const record = context.store.current(id)
  const attempt = async (what: string, work: () => unknown) => {
    try {
      await work()
    } catch (error) {
      context.log.warn(`${what} failed`, { container: id, error: String(error) })
    }
  }
  await attempt('deleting the task', async () => {
    await context.runtimes.get(record.drivers.runtime).delete({ id, force: true })
  })
  await attempt('leaving the networks', () => context.networking.takeDown(id))
  await attempt('unmounting the root', () => unmountRoot(context, id))
  await attempt('releasing shared memory', () => releaseSharedMemory(context, id))
  await attempt('releasing the volumes', () => releaseMounts(context, record))
  await attempt('removing the bundle', () => removeRunFolder(context, id))
}
