import type { engineContainers, ItemOf, RequestOf } from '@moby/contracts'
import { toByteString } from '@moby/lib-linux'
import { packPath } from '@moby/lib-tar'
import type { ContainerContext } from '../container-context.ts'
import { tell } from '../container-events.ts'
import { openCopy } from './open-copy.ts'
import { pathInContainer } from './path-in-container.ts'
import { readStatus } from './read-status.ts'

/**
 * A file or folder of a container as an archive: what it is first, then the bytes. Errors: CONTAINER_NOT_FOUND,
 * CONTAINER_STATE, CONTAINER_PATH_*, DRIVER_AWAY.
 */
export async function* readArchive(
  context: ContainerContext,
  { ref, path }: RequestOf<typeof engineContainers, 'readArchive'>,
  signal?: AbortSignal,
): AsyncGenerator<ItemOf<typeof engineContainers, 'readArchive'>, void> {
  const resolved = pathInContainer(path)
  const copy = await openCopy(context, ref, 'read')
  try {
    const { root } = copy.view
    yield { status: readStatus(root, { ref, path, resolved }) }
    tell(context, copy.record, 'archive-path')
    const either = signal === undefined ? copy.signal : AbortSignal.any([signal, copy.signal])
    for await (const data of packPath({ root, path: toByteString(resolved) }, { signal: either })) yield { data }
  } finally {
    await copy.close()
  }
}
