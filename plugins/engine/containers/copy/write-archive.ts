import { codedError, type engineContainers, type RequestOf } from '@moby/contracts'
import { resolveUser } from '@moby/lib-oci-runtime'
import { mountIdOf, openAt, openFlags, openWithin, statAt, toByteString } from '@moby/lib-linux'
import { extractArchive } from '@moby/lib-tar'
import { closeSync } from 'node:fs'
import type { ContainerContext } from '../container-context.ts'
import { tell } from '../container-events.ts'
import type { ContainerRecord } from '../container-record.ts'
import { untilAborted } from '../../concurrency/until-aborted.ts'
import { readInRoot } from '../in-root.ts'
import { explainPath, type AskedPath } from './explain-path.ts'
import { openCopy, type OpenCopy } from './open-copy.ts'
import { pathInContainer } from './path-in-container.ts'

type Request = RequestOf<typeof engineContainers, 'writeArchive'>

/**
 * Unpacks an archive into a folder of a container, in the place of what is there. Errors: CONTAINER_NOT_FOUND,
 * CONTAINER_STATE, CONTAINER_PATH_*, DRIVER_AWAY, and those of `extractArchive`.
 */
export async function writeArchive(
  context: ContainerContext,
  request: Request,
  archive: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const { ref, path } = request
  const resolved = pathInContainer(path)
  const copy = await openCopy(context, ref, 'write')
  try {
    const folder = openTarget(copy, { ref, path, resolved })
    try {
      const owner = request.ownerOfContainer === true ? ownerOf(copy.record, copy.view.root) : undefined
      const either = signal === undefined ? copy.signal : AbortSignal.any([signal, copy.signal])
      const rules = { folder, owner, keepKinds: request.keepKinds }
      await extractArchive(rules, untilAborted(archive, either), { signal: either })
    } catch (error) {
      throw copy.signal.aborted ? copy.signal.reason : error
    } finally {
      closeSync(folder)
    }
  } finally {
    await copy.close()
  }
  tell(context, copy.record, 'extract-to-dir')
}

/** The folder that a path leads to, all links followed, where it may be written to. */
function openTarget({ record, view }: OpenCopy, asked: AskedPath): number {
  const path = toByteString(asked.resolved)
  const found = explainPath(asked, () => openWithin(view.root, path, openFlags.O_PATH, 'in-root'))
  try {
    if (statAt(found, '')?.type !== 'directory') throw refusal('extraction point is not a directory')
    const id = mountIdOf(found)
    if (id === view.rootId && record.spec.readOnlyRoot === true) throw refusal('container rootfs is marked read-only')
    const mount = view.mounts.find((each) => each.id === id)
    if (mount?.readOnly === true) throw refusal('mounted volume is marked read-only')
    return openAt(found, '.', openFlags.O_RDONLY | openFlags.O_DIRECTORY)
  } finally {
    closeSync(found)
  }
}

/** The user that the container names; without one everything keeps the owner that the archive tells. */
function ownerOf(record: ContainerRecord, root: number): { uid: number; gid: number } | undefined {
  if (record.process.user === '') return undefined
  const folder = `/proc/self/fd/${root}`
  const database = { passwd: readInRoot(folder, '/etc/passwd'), group: readInRoot(folder, '/etc/group') }
  const { uid, gid } = resolveUser(record.process.user, [], database)
  return { uid, gid }
}

function refusal(message: string): Error {
  return codedError('CONTAINER_PATH_INVALID', message)
}
