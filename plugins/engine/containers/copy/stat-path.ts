import type { engineContainers, PathStatus, RequestOf } from '@moby/contracts'
import type { ContainerContext } from '../container-context.ts'
import { openCopy } from './open-copy.ts'
import { pathInContainer } from './path-in-container.ts'
import { readStatus } from './read-status.ts'

/** What a file of a container is. Errors: CONTAINER_NOT_FOUND, CONTAINER_STATE, CONTAINER_PATH_*, DRIVER_AWAY. */
export async function statPath(
  context: ContainerContext,
  { ref, path }: RequestOf<typeof engineContainers, 'statPath'>,
): Promise<PathStatus> {
  const resolved = pathInContainer(path)
  const copy = await openCopy(context, ref, 'read')
  try {
    return readStatus(copy.view.root, { ref, path, resolved })
  } finally {
    await copy.close()
  }
}
